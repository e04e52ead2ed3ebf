#include "binding/entries/nlp.hpp"

#include "binding/register_solver.hpp"

namespace nonconvex {
namespace {

const RegisterSolver<NlpEntry> registered;

}  // namespace
}  // namespace nonconvex
