// How many solves the threads of this process have asked for, and how they ended: for poolStats of src/core/observe.ts.
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "binding/registry.hpp"

namespace nonconvex {
namespace {

/// Counts of all environments. The solves of one that ends in their midst are no longer open.
class SolveCounts {
 public:
  static SolveCounts& instance() {
    static auto* const counts = new SolveCounts;  // until the process ends, whatever threads still do
    return *counts;
  }

  void began(napi_env env) {
    const std::lock_guard lock(mutex_);
    const auto [open, isNew] = open_.emplace(env, 0);
    ++open->second;
    if (isNew)
      napi_add_env_cleanup_hook(
          env, [](void* gone) { instance().forget(static_cast<napi_env>(gone)); }, env);
  }

  void ended(napi_env env, const std::string& how, double seconds) {
    const std::lock_guard lock(mutex_);
    --open_[env];
    ++ended_[how];
    seconds_ += seconds;
  }

  Napi::Object toJs(Napi::Env env) {
    Writer out(env), ended(env);
    const std::lock_guard lock(mutex_);
    double open = 0;
    for (const auto& [of, count] : open_) open += count;
    for (const auto& [how, count] : ended_) ended.number(how.c_str(), count);
    out.number("open", open);
    out.value("ended", ended.object());
    out.number("seconds", seconds_);
    return out.object();
  }

 private:
  void forget(napi_env env) {
    const std::lock_guard lock(mutex_);
    open_.erase(env);
  }

  std::mutex mutex_;
  std::unordered_map<napi_env, int> open_;
  std::map<std::string, double> ended_;
  double seconds_ = 0;
};

/// solveBegan()
Napi::Value solveBegan(const Napi::CallbackInfo& info) {
  SolveCounts::instance().began(info.Env());
  return info.Env().Undefined();
}

/// solveEnded(how, seconds)
Napi::Value solveEnded(const Napi::CallbackInfo& info) {
  SolveCounts::instance().ended(info.Env(), info[0].ToString().Utf8Value(), info[1].ToNumber().DoubleValue());
  return info.Env().Undefined();
}

/// solveCounts() -> { open, ended: { solved: 3, ... }, seconds }
Napi::Value solveCounts(const Napi::CallbackInfo& info) { return SolveCounts::instance().toJs(info.Env()); }

const RegisterFunction ofCounts[] = {
    {"solveBegan", solveBegan}, {"solveEnded", solveEnded}, {"solveCounts", solveCounts}};

}  // namespace
}  // namespace nonconvex
