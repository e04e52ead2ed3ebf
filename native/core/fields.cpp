#include "core/fields.hpp"

namespace nonconvex {

std::string Bounds::text() const {
  const bool hasLower = lower > -std::numeric_limits<double>::infinity();
  const bool hasUpper = upper < std::numeric_limits<double>::infinity();
  if (hasLower && hasUpper) {
    return std::string("a number in ") + (openLower ? "(" : "[") + show(lower) + ", " + show(upper) +
           (openUpper ? ")" : "]");
  }
  const std::string finite = openUpper ? "a finite number " : "a number ";
  if (hasLower && lower == 0 && openLower) return finite + "> 0";
  if (hasLower) return finite + (openLower ? "> " : ">= ") + show(lower);
  if (hasUpper) return "a number " + std::string(openUpper ? "< " : "<= ") + show(upper);
  return openUpper ? "a finite number" : "a number";
}

}  // namespace nonconvex
