import KernelImage

/// Completions for shells, made from the option table: `swkexec completion bash`.
enum Completions {
    enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }

    static func script(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// What an option's argument can be.
    private enum Values {
        case files, folders, words([String]), anything
    }

    private static func values(_ row: OptionRow) -> Values {
        switch row.argument {
        case "FILE": .files
        case "DIR": .folders
        case "FORMAT": .words(LoadOptions.Format.allCases.map(\.rawValue))
        case "TYPE": .words(ImageType.allCases.map(\.rawValue))
        case "ACTION": .words(["halt", "reset"])
        case "PORT": .words(["ttyS0", "ttyS1", "ttyS2", "ttyS3"])
        default: .anything
        }
    }

    /// All spellings of an option, long ones with '=' when they take an argument.
    private static func spellings(_ row: OptionRow) -> [String] {
        row.long.map { "--\($0)\(row.argument == nil ? "" : "=")" } + (row.short.map { ["-\($0)"] } ?? [])
    }

    private static func escape(_ text: String, _ table: [Character: String]) -> String {
        text.map { table[$0] ?? String($0) }.joined()
    }

    private static var bash: String {
        var cases = ""
        for row in OptionTable.rows where row.argument != nil {
            let pattern = row.long.map { "--\($0)" }.joined(separator: "|")
            switch values(row) {
            case .files: cases += "        \(pattern)) _filedir; return ;;\n"
            case .folders: cases += "        \(pattern)) _filedir -d; return ;;\n"
            case .words(let words): cases += "        \(pattern)) COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$cur\")); return ;;\n"
            case .anything: cases += "        \(pattern)) return ;;\n"
            }
        }
        return """
            # bash completion for swkexec; made by `swkexec completion bash`
            _swkexec() {
                local cur prev words cword split
                _init_completion -s || return
                case $prev in
            \(cases)    esac
                $split && return
                if [[ $cur == -* ]]; then
                    COMPREPLY=($(compgen -W '\(OptionTable.rows.flatMap(spellings).joined(separator: " "))' -- "$cur"))
                    [[ ${COMPREPLY-} == *= ]] && compopt -o nospace
                else
                    _filedir
                fi
            }
            complete -F _swkexec swkexec

            """
    }

    private static var zsh: String {
        var lines: [String] = []
        for row in OptionTable.rows {
            let action =
                switch values(row) {
                case .files: ":file:_files"
                case .folders: ":folder:_files -/"
                case .words(let words): ":value:(\(words.joined(separator: " ")))"
                case .anything: ":\(row.argument?.lowercased() ?? "value"):"
                }
            let help = escape(row.help, ["'": "'\\''", "[": "\\[", "]": "\\]", ":": "\\:"])
            for spelling in spellings(row) {
                lines.append("    '\(spelling)[\(help)]\(row.argument == nil ? "" : action)'")
            }
        }
        return """
            #compdef swkexec
            # made by `swkexec completion zsh`
            _arguments -s \\
            \(lines.joined(separator: " \\\n")) \\
                '*:kernel:_files'

            """
    }

    private static var fish: String {
        var lines = ["# fish completion for swkexec; made by `swkexec completion fish`"]
        for row in OptionTable.rows {
            let argument =
                switch values(row) {
                case _ where row.argument == nil: ""
                case .files: " -r -F"
                case .folders: " -x -a '(__fish_complete_directories)'"
                case .words(let words): " -x -a '\(words.joined(separator: " "))'"
                case .anything: " -x"
                }
            let help = escape(row.help, ["'": "\\'"])
            for (index, name) in row.long.enumerated() {
                let short = index == 0 ? row.short.map { " -s \($0)" } ?? "" : ""
                lines.append("complete -c swkexec -l \(name)\(short)\(argument) -d '\(help)'")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
