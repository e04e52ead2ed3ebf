#include "expressions/nl/input.hpp"

namespace nonconvex {

void NlInput::fail(const std::string& what, const char* code) const {
  const std::string place = binary_ ? "byte " + std::to_string(start_) : "line " + std::to_string(line_);
  throw Error(ErrorKind::solver, name_ + ", " + place + ": " + what, code);
}

}  // namespace nonconvex
