// How the minimisation of ratios is read from JavaScript.
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "binding/ranks.hpp"
#include "binding/registry.hpp"
#include "solvers/fractional/solver.hpp"

namespace nonconvex {
namespace {

struct FractionalEntry {
  static constexpr const char* name = "fractional";
  struct Problem : FractionalProblem {
    std::shared_ptr<Ranks::Turn> turn;  ///< of a solve over ranks
  };
  using Settings = FractionalSettings;
  using Solution = FractionalSolution;
  template <class La>
  using Solver = FractionalSolver<La>;

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.turn = readTurn(in);
    problem.n = in.integer("n");
    for (const Reader& matrix : in.list("matrices")) {
      problem.matrices.push_back(matrix.has("format") ? FractionalMatrix(matrix.asSparse()) : matrix.asMatrix());
    }
    for (const Reader& term : in.list("numerator")) problem.numerator.push_back(readTerm(term));
    if (in.has("denominator")) problem.denominator = readTerm(in.object("denominator"));
    if (in.has("l1")) problem.l1 = in.vector("l1");
    if (in.has("l2")) problem.l2 = in.vector("l2");
    if (in.has("lower")) problem.lower = in.vector("lower");
    if (in.has("upper")) problem.upper = in.vector("upper");
    if (in.has("l1Squared")) problem.l1Squared = in.number("l1Squared");
    if (in.has("start")) problem.start = in.vector("start");
    problem.difference = in.boolean("difference");
    return problem;
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

 private:
  static FractionalTerm readTerm(const Reader& in) {
    FractionalTerm term;
    term.name = in.path();
    term.kind = valueNamed<FractionalTerm::Kind>(in.pathOf("kind"), in.text("kind"));
    const auto number = [&](const char* member, double& value) {
      if (in.has(member)) value = in.number(member);
    };
    const auto integer = [&](const char* member, int& value) {
      if (in.has(member)) value = in.integer(member);
    };
    integer("matrix", term.matrix);
    integer("k", term.k);
    integer("p", term.p);
    number("constant", term.constant);
    number("weight", term.weight);
    number("scale", term.scale);
    number("shift", term.shift);
    if (in.has("squared")) term.squared = in.boolean("squared");
    if (in.has("weights")) term.weights = in.vector("weights");
    if (term.kind == FractionalTerm::Kind::separable) {
      const auto ofCoordinate = [](Callback f) {
        return [f = std::move(f)](int i, double u) { return f({u, 1.0 * i}); };
      };
      term.phi = ofCoordinate(in.function("value"));
      term.derivative = ofCoordinate(in.function("derivative"));
    }
    for (const char* member : {"b", "y"}) {
      if (in.has(member)) term.b = in.vector(member);
    }
    for (const char* member : {"c", "linear", "epsilon", "h"}) {
      if (in.has(member)) term.c = in.vector(member);
    }
    return term;
  }
};

const RegisterSolver<FractionalEntry> registered;

}  // namespace
}  // namespace nonconvex
