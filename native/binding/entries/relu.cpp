#include "binding/entries/relu.hpp"

#include "binding/registry.hpp"

namespace nonconvex {
namespace {

const RegisterSolver<ReluEntry> registered;

}  // namespace
}  // namespace nonconvex
