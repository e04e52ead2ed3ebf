// Constraints and bounds of an infeasible problem that contradict one another.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/proof.hpp"
#include "linalg/cpu.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// A conflict, and true if its constraints are convex by rules, so that there is nothing elsewhere, proven or not.
struct FoundConflict {
  NlpConflict members;
  bool convex = false;
};

/// Finds a conflict of an infeasible problem from x, a point where constraints are violated least, by a deletion filter
/// (J. Chinneck, E. Dravnieks, "Locating minimal infeasible constraint sets in linear programs", ORSA J. Comput. 3,
/// 1991): the constraints and bounds that the multipliers of phase 1 name are left out one by one, constraints first,
/// those that are violated least before others.
///
/// What is tried are linear programs. Of constraints that are no linear ones these have tangents at x, below convex
/// functions everywhere, so that an infeasible program proves that there is no point. Where the rest seems feasible an
/// interior-point method looks for a point of convex constraints, and what it finds gives further tangents. Of other
/// constraints it is the tangents at x alone that contradict one another, near x.
///
/// `proof`, if it is known, shows that linear constraints cannot be met.
FoundConflict conflictOf(const Cpu& la, Nlp& nlp, std::span<const double> x, const Proof& proof);

/// Says what the conflict is, as indices.
std::string explainConflict(const FoundConflict& found, Nlp& nlp, std::span<const double> x);

}  // namespace nonconvex
