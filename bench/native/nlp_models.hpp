// Models of .nl files with bounds and inequalities, solved by our solver, and a line of JSON for each solve.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "core/run.hpp"
#include "core/threads.hpp"
#include "expressions/nl/reader.hpp"
#include "expressions/program.hpp"
#include "linalg/cpu.hpp"
#include "solvers/nlp/solver.hpp"

namespace nonconvex::bench {

constexpr int maxIterations = 3000;

/// {"name":value, ...} on one line of standard output.
class JsonLine {
 public:
  JsonLine& text(std::string_view name, std::string_view value) {
    member(name) += '"';
    for (const char letter : value) {
      if (letter == '"' || letter == '\\') line_ += '\\';
      line_ += letter < ' ' ? ' ' : letter;
    }
    line_ += '"';
    return *this;
  }
  JsonLine& number(std::string_view name, double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.12g", value);
    member(name) += std::isfinite(value) ? digits : "null";
    return *this;
  }
  void print() const {
    std::printf("%s}\n", line_.c_str());
    std::fflush(stdout);
  }

 private:
  std::string& member(std::string_view name) {
    ((line_ += line_.empty() ? "{\"" : ",\"") += name) += "\":";
    return line_;
  }
  std::string line_;
};

/// A compiled model with its bounds. The program may be solved by one solver at a time.
struct BoundedModel {
  std::string name;
  std::shared_ptr<Nlp> nlp;
  std::vector<double> start;
  GivenBounds bounds;
  bool maximise = false;
};

inline BoundedModel readModel(const std::string& path) {
  NlModel from = readNl(path);
  BoundedModel model;
  const auto slash = path.find_last_of('/');
  model.name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  model.name = model.name.substr(0, model.name.rfind(".nl"));
  model.nlp = std::make_shared<Program>(from.graph);
  model.start = std::move(from.start);
  model.bounds = {std::move(from.variableLower), std::move(from.variableUpper), std::move(from.constraintLower),
                  std::move(from.constraintUpper)};
  model.maximise = from.maximise;
  return model;
}

/// The largest violation of bounds and sides at x, and the objective in the sense of the file.
struct Checked {
  double objective = NAN, violation = NAN;
};

inline Checked check(const BoundedModel& model, const std::vector<double>& x) {
  std::vector<double> c(static_cast<std::size_t>(model.nlp->constraints()));
  model.nlp->moveTo(x);
  model.nlp->constraintValues(c);
  double worst = 0;
  const auto compare = [&](const std::vector<double>& low, const std::vector<double>& values,
                           const std::vector<double>& high) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      worst = std::max({worst, low[i] - values[i], values[i] - high[i]});
      if (std::isnan(values[i])) worst = NAN;
    }
  };
  compare(model.bounds.lower, x, model.bounds.upper);
  compare(model.bounds.constraintLower, c, model.bounds.constraintUpper);
  return {model.maximise ? -model.nlp->objective() : model.nlp->objective(), worst};
}

inline NlpMethod methodOf(std::string_view name) {
  constexpr auto all = names(NlpMethod{});
  const auto found = std::find(all.begin(), all.end(), name);
  if (found == all.end()) throw std::invalid_argument("no such method: " + std::string(name));
  return static_cast<NlpMethod>(found - all.begin());
}

struct OurRun {
  double seconds = 0;         ///< processor time of all threads together
  double callingSeconds = 0;  ///< processor time of the calling thread
  Outcome<NlpProgress> outcome;
  NlpSolution solution;
};

/// `from`: the result where it begins; null: the model's start. `pool`: for solves with several threads.
inline OurRun solveOurs(const BoundedModel& model, NlpMethod method, double timeLimit,
                        const NlpSolution* from = nullptr, WorkerPool* pool = nullptr) {
  const int threads = pool != nullptr ? pool->threads() : 1;
  NlpSettings settings;
  settings.maxIterations = maxIterations;
  settings.method = method;
  settings.timeLimit = timeLimit;
  settings.threads = threads;
  NlpProblem problem;
  problem.nlp = model.nlp;
  problem.start = model.start;
  problem.bounds = model.bounds;
  if (from != nullptr) {
    problem.start = from->x;
    problem.multipliers = from->multipliers;
    problem.lowerMultipliers = from->lowerMultipliers;
    problem.upperMultipliers = from->upperMultipliers;
    problem.objectiveScale = from->objectiveScale;
    problem.constraintScales = from->constraintScales;
  }
  OurRun run;
  const double begin = cpuSeconds(), beginOfCalling = callingSeconds();
  Monitor monitor(settings.timeLimit);
  const Cpu la(pool, threads, &monitor);
  NlpSolver solver(la, problem, settings);
  run.outcome = iterate(solver, settings, monitor);
  run.solution = solver.solution();
  run.seconds = cpuSeconds() - begin;
  run.callingSeconds = callingSeconds() - beginOfCalling;
  return run;
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Returns true if a solve that is short is to be timed once more, of which median times are printed.
inline bool timeAgain(double spent, std::size_t runs) {
  constexpr double enough = 0.05;
  constexpr std::size_t most = 25;
  return spent < enough && runs < most;
}

inline void print(const BoundedModel& model, const OurRun& run, double seconds) {
  const Checked checked = check(model, run.solution.x);
  const auto& s = run.solution;
  JsonLine()
      .text("name", model.name)
      .text("solver", "ours")
      .number("n", model.nlp->variables())
      .number("m", model.nlp->constraints())
      .text("maximise", model.maximise ? "yes" : "no")
      .text("status", nameOf(run.outcome.status))
      .number("objective", checked.objective)
      .number("iterations", run.outcome.progress.iteration)
      .number("seconds", seconds)
      .number("derivatives", s.time.derivatives)
      .number("linearAlgebra", s.time.linearAlgebra)
      .number("violation", checked.violation)
      .number("complementarity", s.complementarity)
      .number("residual", s.residual)
      .number("unscaledResidual", s.unscaledResidual)
      .text("phase", nameOf(s.phase))
      .text("polished", s.polished ? "yes" : "no")
      .text("degenerate", s.degenerate ? "yes" : "no")
      .number("positive", s.inertia.positive)
      .number("negative", s.inertia.negative)
      .number("zero", s.inertia.zero)
      .number("objectives", s.counts.objective)
      .number("hessians", s.counts.hessian)
      .number("factorizations", s.counts.factorization)
      .number("restoration", s.counts.restoration)
      .number("correction", s.counts.correction)
      .number("phases", s.counts.phases)
      .text("message", run.outcome.message)
      .print();
}

/// Prints a line for a model that could not be read or solved.
inline void printError(const std::string& path, std::string_view what) {
  const auto slash = path.find_last_of('/');
  const std::string file = path.substr(slash == std::string::npos ? 0 : slash + 1);
  JsonLine()
      .text("name", file.substr(0, file.rfind(".nl")))
      .text("solver", "ours")
      .text("status", "error")
      .text("message", what)
      .print();
}

}  // namespace nonconvex::bench
