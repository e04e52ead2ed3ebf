// Damaged .nl files: an error or a model that can be evaluated and written, never a crash.
//
//   test_model_nl_fuzz [--seconds 2] [--seed 1]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "check.hpp"
#include "core/error.hpp"
#include "expressions/nl/reader.hpp"
#include "expressions/nl/writer.hpp"
#include "expressions/nl_text.hpp"
#include "expressions/program.hpp"

namespace {

constexpr char small[] =
    "g3 1 1 0\n 3 2 1 0 2\n 2 1\n 0 0\n 3 3 3\n 0 0 0 1\n 0 0 0 0 0\n 3 1\n 0 0\n 1 1 0 0 0\n"
    "V3 2 0\n0 2\n1 -1\no2\nv0\nv1\nV4 0 1\no41\nv3\nC0\no0\nv3\nv4\nC1\no11\n2\nv0\no48\nv1\nn2.5\nO0 1\no5\nv3\nn3\n"
    "S0 1 priority\n0 2\nd1\n1 0.5\nx2\n2 7\n0 -1e0\nr\n4 3\n0 -1 -1\nb\n3\n4 2\n3\nk2\n1\n3\nJ0 2\n2 1.5\n0 0\nJ1 "
    "1\n1 4\n"
    "G0 1\n2 10\n";

class Damage {
 public:
  explicit Damage(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

  std::string of(std::string bytes) {
    for (std::size_t times = 1 + below(6); times > 0 && !bytes.empty(); --times) once(bytes);
    return bytes;
  }

 private:
  void once(std::string& bytes) {
    static const std::string words[] = {"2147483647", "-1",   "1e999",       "nan", "-2147483648",
                                        "o54\n3\n",   "v0\n", "99999999999", "\n"};
    const std::size_t at = below(bytes.size());
    switch (below(7)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        return;
      case 1:
        bytes[at] = static_cast<char>(below(256));
        return;
      case 2:
        bytes.erase(at, 1 + below(20));
        return;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(40)));
        return;
      case 4:
        bytes.insert(at, words[below(std::size(words))]);
        return;
      case 5:  // a digit by another
        for (std::size_t k = at; k < bytes.size(); ++k) {
          if (bytes[k] < '0' || bytes[k] > '9') continue;
          bytes[k] = static_cast<char>('0' + below(10));
          return;
        }
        return;
      default:
        bytes.resize(at);
    }
  }

  std::mt19937_64 random_;
};

bool use(const std::string& bytes) {
  const nonconvex::NlModel model = nonconvex::parseNl(bytes, "fuzz.nl");
  nonconvex::Program program(model.graph);
  const auto n = static_cast<std::size_t>(program.variables());
  const auto m = static_cast<std::size_t>(program.constraints());
  std::vector<double> c(m), g(n), J(program.jacobianPattern().nonzeros()), H(program.hessianPattern().nonzeros());
  program.moveTo(model.start);
  program.objective();
  program.constraintValues(c);
  program.gradient(g);
  program.jacobian(J);
  program.hessian(1, c, H);
  program.hessianProduct(1, c, g, g);
  const std::string text = nonconvex::nlText(model.graph, {.start = model.start, .multipliers = model.multipliers});
  const nonconvex::NlModel again = nonconvex::parseNl(text, "written.nl");
  return again.start.size() == n && again.multipliers.size() == m;
}

}  // namespace

// NONCONVEX_FUZZ_SECONDS (2) and NONCONVEX_FUZZ_SEED (1) say how long and with which damage.
TEST(damagedFiles) {
  const auto given = [](const char* name, double otherwise) {
    const char* const value = std::getenv(name);
    return value == nullptr ? otherwise : std::atof(value);
  };
  const double seconds = given("NONCONVEX_FUZZ_SECONDS", 2);
  const auto seed = static_cast<std::uint64_t>(given("NONCONVEX_FUZZ_SEED", 1));
  std::vector<std::string> files = {small};
  constexpr std::size_t longest = 30000;
  for (const auto& path : check::nlFiles()) {
    const std::string text = check::contentOf(path);
    if (text.size() > longest) continue;
    files.push_back(text);
    files.push_back(check::binaryNl(text));
  }
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  Damage damage(seed);
  std::map<std::string, long> outcomes;
  CHECK(use(small));
  double slowest = 0;
  for (long k = 0; passed() < seconds; ++k) {
    const std::string bytes = damage.of(files[damage.below(files.size())]);
    const double before = passed();
    try {
      if (!use(bytes)) throw std::logic_error("what was written is another model");
      ++outcomes["read"];
    } catch (const nonconvex::Error& error) {
      ++outcomes[error.code().empty() ? error.what() : error.code()];
    } catch (const std::exception& error) {
      check::note(false, __FILE__, __LINE__, "case " + std::to_string(k) + ": " + error.what());
    }
    slowest = std::max(slowest, passed() - before);
  }
  for (const auto& [outcome, count] : outcomes) std::printf("%ld %s\n", count, outcome.c_str());
  std::printf("slowest: %.3g s\n", slowest);
  // Each kind of outcome is met within a second.
  for (const char* outcome : {"read", "INVALID_FILE", "UNSUPPORTED"}) CHECK(outcomes[outcome] > 0);
}
