// How the minimisation of nonlinear programs is read from JavaScript.
#pragma once

#include <array>
#include <string_view>

#include "binding/model.hpp"
#include "binding/ranks.hpp"
#include "binding/solve_together.hpp"
#include "solvers/nlp/solver.hpp"

namespace nonconvex {

struct NlpEntry {
  static constexpr const char* name = "nlp";
  struct Problem : NlpProblem {
    std::shared_ptr<Ranks::Turn> turn;  ///< of a solve over ranks
  };
  using Settings = NlpSettings;
  using Solution = NlpSolution;
  template <class La>
  using Solver = NlpSolver;

  static constexpr std::array<std::string_view, 3> members = {"warmStart", "reportIterates", "nonsmooth"};

  static constexpr double largeProgram = 1e7;  // bytes, of which most take milliseconds to compile

  static Problem read(const Reader& in) {
    Problem problem;
    problem.turn = readTurn(in);
    if (in.has("unread")) {
      in.leaveUnread();
    } else {
      problem.nlp = readNlp(in);
      problem.large = bytesOfProgram(in) > largeProgram;
    }
    const auto copy = [&](const char* member) {
      const auto from = in.vector(member);
      return std::vector<double>(from.begin(), from.end());
    };
    if (!in.has("start") && !in.has("unread")) problem.feasibleStart = readFeasibleStart(in);
    if (!problem.feasibleStart) problem.start = copy("start");
    const auto copyGiven = [&](const char* member, std::vector<double>& to) {
      if (in.has(member)) to = copy(member);
    };
    copyGiven("fallbackStart", problem.fallbackStart);
    copyGiven("multipliers", problem.multipliers);
    copyGiven("lowerMultipliers", problem.lowerMultipliers);
    copyGiven("upperMultipliers", problem.upperMultipliers);
    copyGiven("constraintScales", problem.constraintScales);
    if (in.has("objectiveScale")) problem.objectiveScale = in.number("objectiveScale");
    copyGiven("lower", problem.bounds.lower);
    copyGiven("upper", problem.bounds.upper);
    copyGiven("constraintsLower", problem.bounds.constraintLower);
    copyGiven("constraintsUpper", problem.bounds.constraintUpper);
    if (in.has("m")) problem.constraints = in.integer("m");
    problem.reportIterates = in.boolean("reportIterates");
    return problem;
  }

  static std::uint64_t fingerprint(const Problem& problem, const Settings& settings) {
    std::uint64_t hash = fingerprintOf(settings);
    for (const auto* values : {&problem.start, &problem.bounds.lower, &problem.bounds.upper,
                               &problem.bounds.constraintLower, &problem.bounds.constraintUpper}) {
      hash = nonconvex::fingerprint(*values, hash);
    }
    return hash;
  }
  static std::span<const double> answer(const Solution& solution) { return solution.x; }
};

}  // namespace nonconvex
