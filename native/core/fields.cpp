#include "core/fields.hpp"

namespace nonconvex {

std::string Bounds::text(std::string_view noun) const {
  const bool hasLower = lower > -std::numeric_limits<double>::infinity();
  const bool hasUpper = upper < std::numeric_limits<double>::infinity();
  std::string text(noun == "integer" ? "an " : "a ");
  if (openUpper && !hasUpper) text += "finite ";
  text += noun;
  if (hasLower && hasUpper) {
    return text + " in " + (openLower ? "(" : "[") + show(lower) + ", " + show(upper) + (openUpper ? ")" : "]");
  }
  if (hasLower) return text + (openLower ? " > " : " >= ") + show(lower);
  if (hasUpper) return text + (openUpper ? " < " : " <= ") + show(upper);
  return text;
}

void checkBounds(std::string_view name, const Bounds& bounds, std::string_view noun, double value) {
  require(bounds.contains(value), name, value, "expected " + bounds.text(noun));
}

}  // namespace nonconvex
