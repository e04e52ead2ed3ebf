// What the addon of `npm run bench -- FAMILY/ablation` has beside others: tunables() gives the usual values of the constants
// by FILE:NAME, and tune(name, value) sets one.
#include "binding/registry.hpp"
#include "binding/tunable.hpp"

namespace nonconvex {
namespace {

const RegisterFunction registerTunables("tunables", [](const Napi::CallbackInfo& info) -> Napi::Value {
  Napi::Object values = Napi::Object::New(info.Env());
  for (const auto& [name, entry] : tunables()) values.Set(name, entry.usual);
  return values;
});

const RegisterFunction registerTune("tune", [](const Napi::CallbackInfo& info) -> Napi::Value {
  const std::string name = info[0].ToString();
  const auto found = tunables().find(name);
  if (found == tunables().end()) throw Napi::Error::New(info.Env(), name + ": expected a name that tunables() gives");
  for (const auto& set : found->second.set) set(info[1].ToNumber());
  return info.Env().Undefined();
});

}  // namespace
}  // namespace nonconvex
