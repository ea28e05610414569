extension LoadRequest {
    /// For architectures other than PowerPC: what is done there alone need not be switched off.
    public func refusePowerPCOptions() throws(PlanError) {
        guard takesOldRoot else {
            throw .entry("--dt-no-old-root", "only on ppc64le is the new kernel given the running kernel's root=")
        }
    }
}
