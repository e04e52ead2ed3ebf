// Warm starts on models of .nl files: each is solved, solved again from its solution as it is, and with all bounds and
// sides moved by a thousandth, from its start and from that solution. Prints a line of JSON for each model and the
// medians at the end.
//
//   bench_nlp_warm SECONDS MODEL.nl...
#include "core/random.hpp"
#include "nlp_models.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

/// Moves a side that is not 0 by a thousandth of itself, others by as much.
void shift(std::vector<double>& low, std::vector<double>& high, std::size_t seed) {
  constexpr double share = 1e-3;
  const Random random(seed);
  for (std::size_t i = 0; i < low.size(); ++i) {
    const double by = share * (2 * random.uniform(i) - 1);
    const auto moved = [&](double side) {
      return std::isfinite(side) ? side + by * std::max(1.0, std::abs(side)) : side;
    };
    if (low[i] == high[i]) {
      low[i] = high[i] = moved(low[i]);
    } else {
      low[i] = moved(low[i]);
      high[i] = moved(high[i]);
    }
  }
}

struct Totals {
  std::vector<double> same, cold, warm, ratio;
  int worse = 0;
};

void measure(const std::string& path, double timeLimit, Totals& totals) {
  BoundedModel model = readModel(path);
  const OurRun first = solveOurs(model, NlpMethod::interiorPoint, timeLimit);
  if (first.outcome.status != Status::solved) return;
  const OurRun same = solveOurs(model, NlpMethod::interiorPoint, timeLimit, &first.solution);
  shift(model.bounds.lower, model.bounds.upper, 1);
  shift(model.bounds.constraintLower, model.bounds.constraintUpper, 2);
  const OurRun cold = solveOurs(model, NlpMethod::interiorPoint, timeLimit);
  const OurRun warm = solveOurs(model, NlpMethod::interiorPoint, timeLimit, &first.solution);
  JsonLine line;
  const auto add = [&](const char* name, const OurRun& run) {
    line.text(std::string(name) + "Status", nameOf(run.outcome.status))
        .number(std::string(name) + "Iterations", run.outcome.progress.iteration)
        .number(std::string(name) + "Objective", run.outcome.progress.objective);
  };
  line.text("name", model.name).text("polished", first.solution.polished ? "yes" : "no");
  add("first", first);
  add("same", same);
  add("cold", cold);
  add("warm", warm);
  line.print();
  totals.same.push_back(same.outcome.progress.iteration);
  if (cold.outcome.status != Status::solved || warm.outcome.status != Status::solved) return;
  const double before = cold.outcome.progress.iteration, now = warm.outcome.progress.iteration;
  totals.cold.push_back(before);
  totals.warm.push_back(now);
  totals.ratio.push_back((now + 1) / (before + 1));
  totals.worse += now > before ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "bench_nlp_warm SECONDS MODEL.nl...\n");
    return 1;
  }
  Totals totals;
  for (int i = 2; i < argc; ++i) {
    try {
      measure(argv[i], std::atof(argv[1]), totals);
    } catch (const std::exception& error) {
      printError(argv[i], error.what());
    }
  }
  if (totals.ratio.empty()) return 0;
  double logs = 0;
  for (const double ratio : totals.ratio) logs += std::log(ratio);
  JsonLine()
      .text("name", "all")
      .number("models", static_cast<double>(totals.ratio.size()))
      .number("medianUnchanged", median(totals.same))
      .number("unchangedWithIterations", static_cast<double>(std::count_if(totals.same.begin(), totals.same.end(),
                                                                           [](double k) { return k > 0; })))
      .number("medianCold", median(totals.cold))
      .number("medianWarm", median(totals.warm))
      .number("geometricMeanRatio", std::exp(logs / static_cast<double>(totals.ratio.size())))
      .number("worseThanCold", totals.worse)
      .print();
}
