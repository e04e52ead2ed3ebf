#include "binding/entries/nlp.hpp"

#include "binding/registry.hpp"

namespace nonconvex {
namespace {

const RegisterSolver<NlpEntry> registered;

}  // namespace
}  // namespace nonconvex
