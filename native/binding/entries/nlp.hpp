// How the minimisation of nonlinear programs is read from JavaScript.
#pragma once

#include <array>
#include <string_view>

#include "binding/model.hpp"
#include "binding/ranks.hpp"
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
    if (auto ranks = readRanks(in)) problem.turn = std::make_shared<Ranks::Turn>(std::move(ranks));
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
};

}  // namespace nonconvex
