// The folder of real inputs beside the checkout, which the package does not ship.
#pragma once

#include <filesystem>

namespace check {

/// ../shared of the repository, whether it is there or not: beside the folder that has test/native in it.
inline std::filesystem::path sharedFolder() {
  return std::filesystem::path(__FILE__).parent_path() / ".." / ".." / ".." / "shared";
}

}  // namespace check
