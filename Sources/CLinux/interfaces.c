#include "CLinux.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Takes one interface down if it is up. Returns 0, or -errno. */
static int take_down(int channel, const char *name) {
    struct ifreq request = {0};
    strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    if (ioctl(channel, SIOCGIFFLAGS, &request) != 0)
        return -errno;
    if (!(request.ifr_flags & IFF_UP) || (request.ifr_flags & IFF_LOOPBACK))
        return 0;
    request.ifr_flags &= ~IFF_UP;
    return ioctl(channel, SIOCSIFFLAGS, &request) == 0 ? 0 : -errno;
}

int clinux_take_interfaces_down(void) {
    struct if_nameindex *interfaces = if_nameindex();
    int channel = socket(AF_INET, SOCK_DGRAM, 0);
    int first_error = !interfaces || channel < 0 ? -errno : 0;
    if (first_error == 0) {
        for (struct if_nameindex *each = interfaces; each->if_index != 0; each++) {
            int error = take_down(channel, each->if_name);
            if (first_error == 0)
                first_error = error;
        }
    }
    if (channel >= 0)
        close(channel);
    if (interfaces)
        if_freenameindex(interfaces);
    return first_error;
}
