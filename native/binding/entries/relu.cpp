#include "binding/entries/relu.hpp"

#include "binding/register_solver.hpp"

namespace nonconvex {
namespace {

const RegisterSolver<ReluEntry> registered;

}  // namespace
}  // namespace nonconvex
