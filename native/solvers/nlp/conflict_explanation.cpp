#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"
#include "solvers/nlp/conflict.hpp"

namespace nonconvex {
namespace {

/// a, b and c; of many the first few, and how many more there are.
std::string listed(const std::vector<std::string>& all, const std::string& separator, const std::string& last) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t k = 0; k < std::min(all.size(), most); ++k) {
    if (k > 0) text += k + 1 == all.size() ? last : separator;
    text += all[k];
  }
  if (all.size() > most) text += last + show(all.size() - most) + " more";
  return text;
}

/// constraintsLower[2], the name of a side as the problem gives it.
std::string sideNamed(std::string_view name, int index) { return std::string(name) + "[" + show(index) + "]"; }

/// Says what a constraint of a conflict asks for, and its value at x if that is something else.
std::string demandOf(const NlpConflict::Row& row, double low, double high, double value) {
  const std::string what = "constraint " + show(row.index);
  if (low == high) return what + " is " + show(value) + " in place of " + show(low);
  const bool upper = row.side == ConflictSide::upper || (row.side == ConflictSide::both && value > high);
  const std::string side =
      sideNamed(upper ? "constraintsUpper" : "constraintsLower", row.index) + " = " + show(upper ? high : low);
  if (upper ? value > high : value < low) return what + " is " + show(value) + (upper ? ", above " : ", below ") + side;
  return what + (upper ? " has to be at most " : " has to be at least ") + side;
}

/// Says that a lower side is above the upper one.
std::string crossing(std::string_view lower, std::string_view upper, int index, double low, double high) {
  return sideNamed(lower, index) + " = " + show(low) + " is above " + sideNamed(upper, index) + " = " + show(high) +
         ".";
}

}  // namespace

std::string explainConflict(const FoundConflict& found, Nlp& nlp, std::span<const double> x) {
  const NlpConflict& conflict = found.members;
  const NlpBounds sides = nlp.constraintBounds(), bounds = nlp.variableBounds();
  std::vector<double> c(at(nlp.constraints()));
  nlp.moveTo(x);
  nlp.constraintValues(c);
  std::vector<std::string> rows, held;
  for (const auto& row : conflict.constraints) {
    const double low = boundAt(sides.lower, at(row.index), 0), high = boundAt(sides.upper, at(row.index), 0);
    if (low > high) return crossing("constraintsLower", "constraintsUpper", row.index, low, high);
    rows.push_back(demandOf(row, low, high, c[at(row.index)]));
  }
  for (const auto& [j, side] : conflict.bounds) {
    const double low = boundAt(bounds.lower, at(j), -infinity), high = boundAt(bounds.upper, at(j), infinity);
    if (low > high) return crossing("lower", "upper", j, low, high);
    held.push_back(sideNamed(nameOf(side), j));
  }
  std::string text = conflict.proof ? "No point satisfies " : "Near x ";
  const bool one = rows.size() == 1;
  text += conflict.proof ? (one ? "this: " : "these together: ")
                         : (one ? "this cannot be satisfied: " : "these cannot be satisfied together: ");
  text += listed(rows, "; ", "; and ");
  if (!held.empty()) {
    text += ", while " + listed(held, ", ", " and ") + (held.size() == 1 ? " holds" : " hold") + " x back";
  }
  if (conflict.irreducible && conflict.proof && rows.size() + held.size() > 1) {
    text += ". Each of these is needed: without it the others can be satisfied";
  }
  return text + (conflict.proof || found.convex
                     ? ". Another start will not help."
                     : ". Elsewhere there may be feasible points: try another start, or more restarts.");
}

}  // namespace nonconvex
