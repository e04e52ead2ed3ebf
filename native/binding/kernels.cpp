// Which of the code that is there for several processors this one runs.
#include "binding/registry.hpp"
#include "core/multiversion.hpp"

#if defined(__ELF__)
// Null where the BLAS is another, or has kernels for one processor alone.
extern "C" __attribute__((weak)) char* gotoblas_corename();
#elif defined(NONCONVEX_OPENBLAS)
extern "C" char* gotoblas_corename();
#endif

#define NONCONVEX_TEXT_OF(x) #x
#define NONCONVEX_TEXT(x) NONCONVEX_TEXT_OF(x)

namespace nonconvex {
namespace {

/// Which version of the functions that multiversion.hpp has compiled is run here.
const char* compiledFor() {
#if defined(__x86_64__) && defined(__GNUC__)
  if constexpr (sizeof(NONCONVEX_TEXT(NONCONVEX_CLONES)) > 1) {
    if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
    if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
  }
#endif
  return "default";
}

/// OpenBLAS's name of the processor whose kernels it has chosen; null where that is not known.
const char* blasCompiledFor() {
#if defined(__ELF__)
  if (gotoblas_corename == nullptr) return nullptr;
#endif
#if defined(__ELF__) || defined(NONCONVEX_OPENBLAS)
  return gotoblas_corename();
#else
  return nullptr;
#endif
}

/// kernels() -> { own, blas }: the names of the processors that functions of this library and of the BLAS are compiled
/// for, of those that run here; no `blas` where that is not known.
Napi::Value kernels(const Napi::CallbackInfo& info) {
  Writer out(info.Env());
  out.text("own", compiledFor());
  if (const char* blas = blasCompiledFor()) out.text("blas", blas);
  return out.object();
}

const RegisterFunction ofKernels[] = {{"kernels", kernels}};

}  // namespace
}  // namespace nonconvex
