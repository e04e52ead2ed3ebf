// Our solver and Ipopt in turn on models of .nl files with bounds and inequalities, with the same derivatives: a line
// of JSON for each solver and model, which compare_models.py in bench/nlp reads.
//
//   OPENBLAS_NUM_THREADS=1 bench_ipopt_models SECONDS METHOD MODEL.nl...
//
// METHOD is our setting `method`; each solve has so many seconds. Times are processor seconds in the solvers, without
// reading, medians where solves are short; with more threads in its BLAS, Ipopt takes longer on most of the models.
#include "ipopt.hpp"
#include "nlp_models.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

constexpr double tolerance = 1e-8;

std::string_view statusOf(int status) {
  switch (status) {
    case Solve_Succeeded:
      return "optimal";
    case Feasible_Point_Found:
      return "feasibleSquare";
    case Solved_To_Acceptable_Level:
      return "acceptable";
    case Infeasible_Problem_Detected:
      return "infeasible";
    case Search_Direction_Becomes_Too_Small:
      return "tinyStep";
    case Diverging_Iterates:
      return "unbounded";
    case Maximum_Iterations_Exceeded:
      return "iterationLimit";
    case Restoration_Failed:
      return "restorationFailed";
    case Error_In_Step_Computation:
      return "stepError";
    case Maximum_CpuTime_Exceeded:
    case Maximum_WallTime_Exceeded:
      return "timeLimit";
    case Not_Enough_Degrees_Of_Freedom:
      return "tooFewDegrees";
    default:
      return "failed";
  }
}

void print(const BoundedModel& model, const IpoptRun& run, double seconds) {
  const Checked checked = check(model, run.x);
  JsonLine()
      .text("name", model.name)
      .text("solver", "ipopt")
      .number("n", model.nlp->variables())
      .number("m", model.nlp->constraints())
      .text("status", statusOf(run.status))
      .number("objective", checked.objective)
      .number("iterations", run.iterations)
      .number("seconds", seconds)
      .number("derivatives", run.derivatives)
      .number("violation", checked.violation)
      .number("hessians", run.hessians)
      .print();
}

void race(const std::string& path, NlpMethod method, double timeLimit) {
  const BoundedModel model = readModel(path);
  Ipopt ipopt(*model.nlp, model.start, model.bounds, maxIterations, tolerance, timeLimit);
  std::vector<double> ours, theirs;
  const Stopwatch watch;
  OurRun run;
  IpoptRun other;
  do {
    run = solveOurs(model, method, timeLimit);
    ours.push_back(run.seconds);
    lendThreads(*model.nlp, Cpu());  // the threads of the last solve are gone
    const double begin = cpuSeconds();
    other = ipopt.solve();
    theirs.push_back(cpuSeconds() - begin);
  } while (timeAgain(watch.seconds(), ours.size()));
  print(model, run, median(std::move(ours)));
  print(model, other, median(std::move(theirs)));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "bench_ipopt_models SECONDS METHOD MODEL.nl...\n");
    return 1;
  }
  for (int i = 3; i < argc; ++i) {
    try {
      race(argv[i], methodOf(argv[2]), std::atof(argv[1]));
    } catch (const std::exception& error) {
      printError(argv[i], error.what());
    }
  }
  return 0;
}
