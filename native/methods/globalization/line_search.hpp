// Step lengths by backtracking: section 1.2 of docs/nlp-methods.md.
#pragma once

#include <span>

#include "linalg/cpu.hpp"
#include "methods/globalization/least_norms.hpp"
#include "methods/globalization/merit_function.hpp"
#include "methods/kkt/kkt_solver.hpp"

namespace nonconvex {

/// A direction (dx, dlambda) along which a step is looked for.
struct SearchDirection {
  std::span<const double> dx;
  std::span<const double> dlambda;
  MeritSlope slope = {};    ///< slope of the merit function
  KktShift shift = {};      ///< shift of the system that gave the direction
  bool descends = false;    ///< the merit function falls along it
  bool determined = false;  ///< m = n and J of full rank: the constraints leave no choice, and they alone decide
  double longest = 1;       ///< length that is tried first: 1, or less where bounds are nearer
};

/// Looks for the step alpha (dx, dlambda) from alpha = `longest` down, each also with a second-order correction:
///   by Armijo's condition on the merit function M,
///   by the fall of ||c|| where the constraints alone decide the direction, and
///   in full length for some steps, whatever M says.
/// A step that leaves the domain of a function is cut to the largest that does not.
class LineSearch {
 public:
  struct Settings {
    double tolerance = 1e-8;          ///< ||c||_inf that need not fall
    double sufficientDecrease = 0.1;  ///< share of the decrease promised that a step must bring
  };

  LineSearch(const Cpu& la, ScaledNlp& model, const Settings& settings);

  /// Returns the step length, 0 if no step is accepted, and leaves the new point with its derivatives in `trial`.
  /// `solver` has the factors that gave the direction.
  double run(const NlpPoint& point, const SearchDirection& direction, const MeritFunction& merit,
             const LeastNorms& least, KktSolver& solver, NlpPoint& trial);

  /// Takes the next `count` steps in full length.
  void takeFullSteps(int count) { fullSteps_ = count; }
  /// The longest step that the last search allowed: less than `longest` where that left the domain of a function.
  double largestDefinedStep() const { return largestDefinedStep_; }

 private:
  struct Tuning;
  enum class Verdict { accepted, refused, undefined };
  struct Search {
    const NlpPoint& point;
    const SearchDirection& direction;
    KktSolver& solver;
    NlpPoint& trial;
  };

  double fullStep(const Search& search);
  double byMerit(const Search& search, const MeritFunction& merit, const LeastNorms& least);
  double byConstraints(const Search& search);
  template <class Judge>
  double backtrack(const Search& search, Judge&& judge);
  template <class TooHigh>
  Verdict evaluate(const NlpPoint& point, NlpPoint& trial, TooHigh&& tooHigh);
  void setTrial(const Search& search, double alpha) const;
  double withinDomain(const Search& search, double alpha);
  bool correct(const Search& search, double alpha);

  const Cpu& la_;
  ScaledNlp& model_;
  const Settings settings_;
  const bool square_;
  Vector correction_;
  int fullSteps_ = 0;
  double largestDefinedStep_ = 1;
};

}  // namespace nonconvex
