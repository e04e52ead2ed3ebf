// How the minimisation of ratios is read from JavaScript.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "binding/fractional_functions.hpp"
#include "binding/register_solver.hpp"
#include "core/inputs.hpp"
#include "solvers/fractional/solver.hpp"

namespace nonconvex {
namespace {

/// A term with the names that its kind has for its vectors.
struct TermInputs : FractionalTerm {
  std::span<const double> y, linear, epsilon, h;

  static constexpr auto fields() {
    using Self = TermInputs;
    return FieldTuple{
        IN(kind, choice(), "Kind of the term."),
        IN_OPTIONAL(matrix, number().atLeast(-1), "Number of its matrix among `matrices`. Default: -1, none."),
        IN_OPTIONAL(b, vector(), "Right-hand sides of the rows of its matrix."),
        IN_OPTIONAL(y, vector(), "Classes of the rows, of logistic losses."),
        IN_OPTIONAL(c, vector("n"), "Coefficients of its linear part."),
        IN_OPTIONAL(linear, vector("n"), "Coefficients of the linear part of quadratics."),
        IN_OPTIONAL(epsilon, vector("n"), "Numbers that are added under the roots."),
        IN_OPTIONAL(h, vector("n"), "Factors within the logarithms."),
        IN_OPTIONAL(weights, vector("n"), "Weights of its summands."),
        IN_OPTIONAL(constant, number(), "Constant of the term."),
        IN_OPTIONAL(weight, number(), "Weight of the sum of squares."),
        IN_OPTIONAL(k, number(), "How many of the largest entries count."),
        IN_OPTIONAL(p, number(), "Exponent of the norm, 0 for the largest entry."),
        IN_OPTIONAL(squared, flag(), "Whether the norm is squared."),
        IN_OPTIONAL(scale, number(), "Factor of a denominator."),
        IN_OPTIONAL(shift, number(), "Number that is added to a denominator.")};
  }

  /// The term, whose vectors have one name each.
  FractionalTerm term(std::string called) const {
    FractionalTerm made = *this;
    made.name = std::move(called);
    if (!y.empty()) made.b = y;
    for (const auto& each : {linear, epsilon, h}) {
      if (!each.empty()) made.c = each;
    }
    return made;
  }
};

/// A ratio, without its matrices and functions.
struct FractionalInputs {
  int n = 0;
  std::vector<TermInputs> numerator;
  std::optional<TermInputs> denominator;
  std::span<const double> l1, l2, lower, upper;
  double l1Squared = 0;
  bool difference = false;
  std::span<const double> start;

  static constexpr auto fields() {
    using Self = FractionalInputs;
    return FieldTuple{
        IN(n, count("n"), "Unknowns."),
        IN(numerator, list(), "Terms of the smooth part of the numerator."),
        IN_OPTIONAL(denominator, members(), "The denominator. Default: none."),
        IN_OPTIONAL(l1, vector("n").atLeast(0), "Weights of the absolute values. Default: 0."),
        IN_OPTIONAL(l2, vector("n").atLeast(0), "Weights of the squares. Default: 0."),
        IN_OPTIONAL(lower, vector("n").orInfinite(), "Lower bounds. Default: none."),
        IN_OPTIONAL(upper, vector("n").orInfinite(), "Upper bounds. Default: none."),
        IN_OPTIONAL(l1Squared, number().atLeast(0), "Weight of the squared sum of absolute values. Default: 0."),
        IN(difference, flag(), "Whether the difference is minimised instead of the ratio."),
        IN_OPTIONAL(start, vector("n"), "Point to begin at. Default: the choice of the solver.")};
  }
};

struct FractionalEntry {
  static constexpr const char* name = "fractional";
  using Problem = FractionalProblem;
  using Inputs = FractionalInputs;
  using Settings = FractionalSettings;
  using Solution = FractionalSolution;
  template <class La>
  using Solver = FractionalSolver;

  static void read(const Reader& in, Problem& problem) {
    problem.matrices = readMatrices(in);
    readSeparable(in, problem.denominator.phi, problem.denominator.derivative);
  }
  static void take(const Inputs& inputs, Problem& problem) {
    problem.n = inputs.n;
    for (std::size_t k = 0; k < inputs.numerator.size(); ++k) {
      problem.numerator.push_back(inputs.numerator[k].term("numerator[" + show(k) + "]"));
    }
    if (inputs.denominator) {
      FractionalTerm made = inputs.denominator->term("denominator");
      made.phi = std::move(problem.denominator.phi);
      made.derivative = std::move(problem.denominator.derivative);
      problem.denominator = std::move(made);
    }
    problem.l1 = inputs.l1;
    problem.l2 = inputs.l2;
    problem.lower = inputs.lower;
    problem.upper = inputs.upper;
    problem.l1Squared = inputs.l1Squared;
    problem.difference = inputs.difference;
    problem.start = inputs.start;
  }

  static void join(Problem& problem, const std::shared_ptr<Ranks>& ranks) { problem.ranks = ranks; }
  static std::uint64_t fingerprint(const Problem& problem, const Settings& settings) {
    std::uint64_t hash = fingerprintOf(settings);
    const double sizes[] = {1.0 * problem.n, 1.0 * static_cast<double>(problem.matrices.size()), problem.l1Squared};
    hash = nonconvex::fingerprint(sizes, hash);
    for (const auto values : {problem.l1, problem.l2, problem.lower, problem.upper, problem.start}) {
      hash = nonconvex::fingerprint(values, hash);
    }
    return hash;
  }
  static std::span<const double> answer(const Solution& solution) { return solution.x; }
};

const RegisterSolver<FractionalEntry> registered;

}  // namespace
}  // namespace nonconvex
