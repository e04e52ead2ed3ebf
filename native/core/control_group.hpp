// Where the limits stand that a container or a service gives a process.
#pragma once

#include <string>

namespace nonconvex {

/// The path of this process's control group of version 2 below /sys/fs/cgroup; empty if the process has none. Each
/// folder of the path may set limits.
std::string controlGroup();

}  // namespace nonconvex
