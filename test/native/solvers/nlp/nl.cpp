// AMPL models of ../shared/problems/nl, where they are there: solved to a local minimum, as good as Ipopt's or another
// one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include "check.hpp"
#include "core/random.hpp"
#include "core/run.hpp"
#include "expressions/nl/reader.hpp"
#include "expressions/program.hpp"
#include "shared_folder.hpp"
#include "solvers/nlp/newton_check.hpp"
#include "solvers/nlp/solver.hpp"

using namespace nonconvex;

namespace {

const std::filesystem::path folder = check::sharedFolder() / "problems";

/// All models in a long run; in a usual one part `part` of 3, as test/nlp/nl.test.ts solves them all, and of 9 with
/// sanitizers.
std::vector<std::filesystem::path> models(std::size_t part) {
  std::vector<std::filesystem::path> all, some;
  if (!std::filesystem::exists(folder / "nl")) {
    std::printf("skipped: AMPL models with known optima, as ../shared/problems/nl is not there\n");
    return all;
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder / "nl")) {
    if (entry.path().extension() == ".nl") all.push_back(entry.path());
  }
  std::sort(all.begin(), all.end());
  const std::size_t parts = check::sanitized ? 9 : 3;
  for (auto& path : all) {
    if (check::longRun() || ++part % parts == 0) some.push_back(std::move(path));
  }
  return some;
}

std::string references() {
  std::ifstream in(folder / "ipopt-reference.json");
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Reference {
  bool solved = false;
  double objective = 0;
};

/// Reads the reference from {"name": {"objective": 1, "exit": "...", ...}, ...}.
Reference referenceOf(const std::string& text, const std::string& name) {
  const auto begin = text.find("\"" + name + "\": {");
  if (begin == std::string::npos) return {};
  const std::string entry = text.substr(begin, text.find('}', begin) - begin);
  const std::string key = "\"objective\": ";
  const auto value = entry.find(key);
  if (value == std::string::npos) return {};
  return {check::contains(entry, "Optimal Solution Found"), std::stod(entry.substr(value + key.size()))};
}

struct Answer {
  Status status = Status::numericalError;
  bool minimum = false;
  double objective = 0;
};

Answer solve(const NlModel& model, const std::vector<double>& start, const NlpSettings& settings) {
  const Cpu la;
  Monitor monitor;
  NlpSolver solver(la, {std::make_shared<Program>(model.graph), start, {}}, settings);
  const Outcome outcome = iterate(solver, settings, monitor);
  const NlpSolution solution = solver.solution();
  Answer out{.status = outcome.status};
  if (outcome.status != Status::solved) return out;
  Program fresh(model.graph);
  const auto at = check::conditionsAt(fresh, start, solution.x, solution.multipliers);
  out.objective = at.objective;
  out.minimum = at.residual <= settings.tolerance * (1 + 1e-6) && at.leastCurvature >= -1e-6 &&
                std::abs(at.objective - outcome.progress.objective) <= 1e-12 * std::abs(at.objective);
  return out;
}

void solveAll(const NlpSettings& settings, std::size_t part) {
  const std::string reference = references();
  int better = 0, same = 0, other = 0;
  for (const auto& path : models(part)) {
    const std::string name = path.stem().string();
    const NlModel model = readNl(path.string());
    const Answer result = solve(model, model.start, settings);
    check::note(result.status == Status::solved, __FILE__, __LINE__, name + ": " + std::string(nameOf(result.status)));
    if (result.status != Status::solved) continue;
    check::note(result.minimum, __FILE__, __LINE__, name + ": no local minimum to first and second order");
    const Reference ipopt = referenceOf(reference, name);
    const double tolerance = 1e-6 * std::max(1.0, std::abs(ipopt.objective));
    const double difference = result.objective - ipopt.objective;
    (!ipopt.solved || difference < -tolerance ? better : difference <= tolerance ? same : other) += 1;
  }
  std::printf("better minima than Ipopt's: %d, the same: %d, others: %d\n", better, same, other);
  CHECK(other <= std::max(1, (better + same) / 20));
}

}  // namespace

TEST(minima) { solveAll({}, 0); }

TEST(minimaByThePublishedRule) {
  NlpSettings settings;
  settings.accuracy = KktAccuracy::paper;
  solveAll(settings, 1);
}

/// x_j (1 + u_j / 10) and x_j + u_j, u_j uniform in (-1, 1). A long run has four starts for each model, others one.
TEST(otherStarts) {
  NlpSettings settings;
  int solved = 0, minima = 0, undefined = 0, all = 0;
  std::uint32_t turn = 0;
  for (const auto& path : models(2)) {
    const NlModel model = readNl(path.string());
    ++turn;
    for (std::uint32_t k = 0; k < 4; ++k) {
      if (!check::longRun() && k != turn % 4) continue;
      std::vector<double> start = model.start;
      const Random random(17, k);
      for (std::size_t j = 0; j < start.size(); ++j) {
        const double u = 2 * random.uniform(j) - 1;
        start[j] = k < 2 ? start[j] * (1 + 0.1 * u) : start[j] + u;
      }
      const Answer result = solve(model, start, settings);
      ++all;
      undefined += result.status == Status::numericalError;
      solved += result.status == Status::solved;
      minima += result.minimum;
    }
  }
  std::printf("solved from other starts: %d of %d, %d were not defined\n", solved, all, undefined);
  CHECK_EQ(minima, solved);
  CHECK(solved >= 0.95 * (all - undefined));
}
