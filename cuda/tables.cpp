#include "cuda/tables.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <sstream>
#include <system_error>
#include <vector>

namespace nonconvex::cuda {
namespace {

namespace fs = std::filesystem;
using Folders = std::vector<fs::path>;

Folders split(const std::string& list) {
  Folders folders;
  std::istringstream in(list);
  for (std::string folder; std::getline(in, folder, ':');) {
    if (!folder.empty()) folders.emplace_back(folder);
  }
  return folders;
}

Folders subfolders(const fs::path& folder) {
  Folders all;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    all.push_back(it->path());
  std::sort(all.begin(), all.end());
  return all;
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// lib folders of Python's nvidia-* wheels: site-packages/nvidia/cublas/lib, site-packages/nvidia/cu13/lib, ...
Folders wheels() {
  Folders roots;
  for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) roots.emplace_back(variable(name));
  for (const fs::path& folder : split(variable("PATH"))) {
    std::error_code error;
    if (fs::exists(folder / "python3", error)) roots.push_back(folder.parent_path());
  }
  roots.push_back(fs::path(variable("HOME")) / ".local");
  Folders found;
  for (const fs::path& root : roots) {
    if (root.is_relative()) continue;
    for (const fs::path& python : subfolders(root / "lib")) {
      if (!python.filename().string().starts_with("python3")) continue;
      for (const char* packages : {"site-packages", "dist-packages"}) {
        for (const fs::path& wheel : subfolders(python / packages / "nvidia")) found.push_back(wheel / "lib");
      }
    }
  }
  return found;
}

fs::path find(const Folders& folders, const std::string& name) {
  std::error_code error;
  for (const fs::path& folder : folders) {
    if (fs::exists(folder / name, error)) return folder / name;
  }
  return {};
}

struct Version {
  std::string name;
  std::vector<std::string> needed;  // libraries to open first, in this order, since wheels lie apart
};

struct Library {
  void* handle = nullptr;
  std::string name;
  std::string missing;
};

Library open(const std::string& folders, std::initializer_list<Version> versions) {
  std::string reasons;
  const auto tryFolders = [&](const Folders& among) -> Library {
    for (const Version& version : versions) {
      const fs::path path = find(among, version.name);
      if (path.empty()) continue;
      for (const std::string& name : version.needed) {
        if (const fs::path needed = find(among, name); !needed.empty()) dlopen(needed.c_str(), RTLD_LAZY | RTLD_GLOBAL);
      }
      if (void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return {handle, path.string(), {}};
      reasons += "; " + std::string(dlerror());
    }
    return {};
  };
  if (Library found = tryFolders(split(folders)); found.handle != nullptr) return found;
  for (const Version& version : versions) {
    if (void* handle = dlopen(version.name.c_str(), RTLD_NOW | RTLD_LOCAL)) return {handle, version.name, {}};
  }
  Folders usual = {"/usr/local/cuda/lib64"};
  for (const fs::path& folder : wheels()) usual.push_back(folder);
  if (Library found = tryFolders(usual); found.handle != nullptr) return found;
  std::string names;
  for (const Version& version : versions) names += (names.empty() ? "" : " or ") + version.name;
  return {
      nullptr, {}, names + " could not be loaded (NONCONVEX_CUDA_LIBRARIES may name folders that have it)" + reasons};
}

/// Binds members of a table to symbols; a table that lacks one counts as missing.
template <class Table>
class Binder {
 public:
  Binder(Table& table, const Library& library) : table_(table), library_(library) {
    table_.library = library.name;
    table_.missing = library.missing;
  }
  template <class Function>
  void operator()(Function& function, const char* symbol) {
    if (library_.handle == nullptr) return;
    function = reinterpret_cast<Function>(dlsym(library_.handle, symbol));
    if (function != nullptr || table_.library.empty()) return;
    table_.missing = table_.library + " has no " + symbol;
    table_.library.clear();
  }

 private:
  Table& table_;
  const Library& library_;
};

}  // namespace

Cublas loadCublas(const std::string& folders) {
  Cublas table;
  const Library library =
      open(folders, {{"libcublas.so.13", {"libcublasLt.so.13"}}, {"libcublas.so.12", {"libcublasLt.so.12"}}});
  Binder bind(table, library);
  bind(table.create, "cublasCreate_v2");
  bind(table.destroy, "cublasDestroy_v2");
  bind(table.setStream, "cublasSetStream_v2");
  bind(table.single.gemm, "cublasSgemm_v2");
  bind(table.single.gemmBatched, "cublasSgemmStridedBatched");
  bind(table.single.gemv, "cublasSgemv_v2");
  bind(table.single.syrk, "cublasSsyrk_v2");
  bind(table.single.trsm, "cublasStrsm_v2");
  bind(table.full.gemm, "cublasDgemm_v2");
  bind(table.full.gemmBatched, "cublasDgemmStridedBatched");
  bind(table.full.gemv, "cublasDgemv_v2");
  bind(table.full.syrk, "cublasDsyrk_v2");
  bind(table.full.trsm, "cublasDtrsm_v2");
  bind(table.dot, "cublasDdot_v2");
  bind(table.norm, "cublasDnrm2_v2");
  return table;
}

Cusolver loadCusolver(const std::string& folders) {
  Cusolver table;
  const Library library = open(
      folders,
      {{"libcusolver.so.12", {"libnvJitLink.so.13", "libcublasLt.so.13", "libcublas.so.13", "libcusparse.so.12"}},
       {"libcusolver.so.11", {"libnvJitLink.so.12", "libcublasLt.so.12", "libcublas.so.12", "libcusparse.so.12"}}});
  Binder bind(table, library);
  bind(table.create, "cusolverDnCreate");
  bind(table.destroy, "cusolverDnDestroy");
  bind(table.setStream, "cusolverDnSetStream");
  bind(table.createParameters, "cusolverDnCreateParams");
  bind(table.destroyParameters, "cusolverDnDestroyParams");
  bind(table.potrfBufferSize, "cusolverDnXpotrf_bufferSize");
  bind(table.potrf, "cusolverDnXpotrf");
  bind(table.potrs, "cusolverDnXpotrs");
  bind(table.syevdBufferSize, "cusolverDnXsyevd_bufferSize");
  bind(table.syevd, "cusolverDnXsyevd");
  return table;
}

}  // namespace nonconvex::cuda
