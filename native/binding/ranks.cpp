// The ranks of an MPI job, by a shim that is opened when JavaScript asks for them.
#include "binding/ranks.hpp"

#include <cstdlib>
#include <string>

#include "binding/mpi_ranks.hpp"
#include "binding/mpi_table.hpp"
#include "binding/registry.hpp"

#if !defined(_WIN32) && !defined(__EMSCRIPTEN__)
#include <dlfcn.h>

#include <csignal>
#endif

namespace nonconvex {
namespace {

/// One rank, all rows.
class Alone final : public Communicator {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  void reduce(Operation, std::span<double>) override {}
  void broadcast(int, std::span<char>) override {}
};

/// The job's ranks: one set for a process, which MPI can begin once.
std::shared_ptr<Ranks> theWorld;
Mpi* theJob = nullptr;

#if !defined(_WIN32) && !defined(__EMSCRIPTEN__)
/// Keeps the handlers of all signals: UCX, under both libraries, takes over SIGSEGV when it is loaded, which V8 needs
/// for WebAssembly.
class SignalsKept {
 public:
  SignalsKept() {
    for (int k = 1; k < count; ++k) known_[k] = sigaction(k, nullptr, &actions_[k]) == 0;
  }
  ~SignalsKept() {
    for (int k = 1; k < count; ++k) {
      if (known_[k]) sigaction(k, &actions_[k], nullptr);
    }
  }

 private:
  static constexpr int count = 32;  // signals 1 to 31, those of POSIX
  struct sigaction actions_[count];
  bool known_[count] = {};
};

const nonconvexMpi& openShim(const std::string& path) {
  // Libraries of MPI open parts of themselves, which are to find the others.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) throw Error(ErrorKind::solver, dlerror(), "LIBRARY_NOT_FOUND");
  auto* const table = reinterpret_cast<const nonconvexMpi* (*)()>(dlsym(library, "nonconvexMpiTable"));
  if (table == nullptr || table()->version != NONCONVEX_MPI_VERSION) {
    throw Error(ErrorKind::solver, path + ": is no shim of this version; npm run build:mpi", "LIBRARY_NOT_FOUND");
  }
  return *table();
}

std::unique_ptr<Mpi> beginJob(const std::string& path, double peerTimeout) {
  const SignalsKept kept;
  // UCX would have itself told of what the process maps. To see whether it is, it moves the end of the heap up and down
  // by a page, which now and then takes the last page from what another thread of Node has got between the two: malloc
  // crashed within MPI_Init_thread in one of some 110 starts on a busy machine (openucx/ucx#3831).
  setenv("UCX_MEM_EVENTS", "n", 0);
  const nonconvexMpi& table = openShim(path);
  int rank = 0, size = 0;
  const int status = table.open(&rank, &size);
  if (status == NONCONVEX_MPI_NO_THREADS) {
    throw Error(ErrorKind::solver, std::string(table.library()) + ": was built without threads", "UNSUPPORTED");
  }
  if (status != NONCONVEX_MPI_DONE) throw Error(ErrorKind::solver, path + ": MPI_Init_thread failed", "PEER_FAILED");
  return std::make_unique<Mpi>(table, rank, size, peerTimeout);
}
#else
std::unique_ptr<Mpi> beginJob(const std::string&, double) {
  throw Error(ErrorKind::solver, "there are no ranks of MPI on this platform", "UNSUPPORTED");
}
#endif

const napi_type_tag ranksTag = {0x6e6f6e636f6e7672, reinterpret_cast<std::uint64_t>(&ranksTag)};

/// openWorld({ path, peerTimeout, kernels }) -> { rank, size, handle }. Without a path there is one rank. Rejects
/// processors whose kernels, as `kernels` says, are not those of all ranks.
Napi::Value openWorld(Napi::Env env, const Reader& in) {
  if (!theWorld) {
    if (in.has("path")) {
      auto job = beginJob(in.text("path"), in.number("peerTimeout"));
      theJob = job.get();
      const double kernels = static_cast<double>(fingerprint(in.text("kernels")) >> 12);
      double both[2] = {kernels, -kernels};
      job->reduce(Communicator::Operation::max, both);
      theWorld = std::make_shared<Ranks>(std::move(job));
      if (both[0] != -both[1]) {
        throw Error(
            ErrorKind::solver,
            "the ranks' processors take different kernels, whose last digits differ; set OPENBLAS_CORETYPE to one "
            "that all have",
            "UNSUPPORTED");
      }
    } else {
      theWorld = std::make_shared<Ranks>(std::make_unique<Alone>());
    }
  }
  const Napi::Object handle = Napi::Object::New(env);
  handle.TypeTag(&ranksTag);
  auto held = std::make_unique<std::shared_ptr<Ranks>>(theWorld);
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Ranks>*>(data); };
  if (napi_wrap(env, handle, held.get(), finalize, nullptr, nullptr) != napi_ok) throw Napi::Error::New(env);
  held.release();
  Writer out(env);
  out.number("rank", theWorld->rank());
  out.number("size", theWorld->size());
  out.value("handle", handle);
  return out.object();
}

/// leaveWorld({ code }): at the end of the process, with its exit status. Of a solve over ranks that runs then the
/// others would wait for an answer for ever: it ends the job.
Napi::Value leaveWorld(Napi::Env env, const Reader& in) {
  if (theJob != nullptr) {
    const int code = in.integer("code");
    theJob->leave(code == 0 && theWorld->busy() ? 1 : code, *theWorld);
    theJob = nullptr;
  }
  return env.Undefined();
}

/// bytesOfRanks({ ranks }) -> bytes of this rank's messages so far
Napi::Value bytesOfRanks(Napi::Env env, const Reader& in) {
  const auto ranks = readRanks(in);
  return Napi::Number::New(env, ranks ? ranks->bytes() : 0);
}

const RegisterFunction ofRanks[] = {{"openWorld", openWorld, "request"},
                                    {"leaveWorld", leaveWorld, "request"},
                                    {"bytesOfRanks", bytesOfRanks, "request"}};

}  // namespace

std::shared_ptr<Ranks> readRanks(const Reader& in) {
  if (!in.has("ranks")) return nullptr;
  const Napi::Object object = in.object("ranks").asObject();
  void* data = nullptr;
  if (!object.CheckTypeTag(&ranksTag) || napi_unwrap(object.Env(), object, &data) != napi_ok) {
    throw Error(ErrorKind::type, in.pathOf("ranks") + " = an object: expected what world() gives");
  }
  return *static_cast<std::shared_ptr<Ranks>*>(data);
}

std::shared_ptr<Ranks::Turn> readTurn(const Reader& in) {
  auto ranks = readRanks(in);
  return ranks ? std::make_shared<Ranks::Turn>(std::move(ranks)) : nullptr;
}

}  // namespace nonconvex
