// Damaged .nl files: an error or a model that can be evaluated and written, never a crash.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "check.hpp"
#include "core/error.hpp"
#include "expressions/fuzzed_model.hpp"
#include "expressions/nl/reader.hpp"
#include "expressions/nl_text.hpp"

namespace {

constexpr char small[] =
    "g3 1 1 0\n 3 2 1 0 2\n 2 1\n 0 0\n 3 3 3\n 0 0 0 1\n 0 0 0 0 0\n 3 1\n 0 0\n 1 1 0 0 0\n"
    "V3 2 0\n0 2\n1 -1\no2\nv0\nv1\nV4 0 1\no41\nv3\nC0\no0\nv3\nv4\nC1\no11\n2\nv0\no48\nv1\nn2.5\nO0 1\no5\nv3\nn3\n"
    "S0 1 priority\n0 2\nd1\n1 0.5\nx2\n2 7\n0 -1e0\nr\n4 3\n0 -1 -1\nb\n3\n4 2\n3\nk2\n1\n3\nJ0 2\n2 1.5\n0 0\nJ1 "
    "1\n1 4\n"
    "G0 1\n2 10\n";

// Sides and bounds of every kind, conditions, and suffixes.
constexpr char sided[] =
    "g3 1 1 0\n 4 6 1 2 1\n 6 1\n 0 0\n 4 4 4\n 0 0 0 1\n 0 0 0 0 0\n 4 1\n 0 0\n 0 0 0 0 0\n"
    "C0\no41\nv0\nC1\no35\no21\no23\nv0\nn1\no34\no24\nv1\nv2\no43\nv0\no39\nv1\nC2\nn0\nC3\nv2\nC4\nn1\nC5\nv0\n"
    "O0 1\no5\nv3\nn2\nS4 2 ipopt_zL_in\n0 1.5\n2 3\nS4 1 ipopt_zU_in\n1 -1\nS1 1 other\n0 4\nS7 1 whole\n0 1.5\n"
    "d2\n0 1\n5 -2\nx4\n0 0.5\n1 -1\n2 7\n3 1e3\nr\n0 -1 2\n1 3\n2 -4\n3\n4 5\n0 2 1\nb\n0 0 1\n1 3\n2 -4\n4 2\n"
    "k3\n1\n2\n3\nJ0 2\n0 1\n1 2\nJ1 1\n2 1\nJ2 1\n3 1\nG0 1\n0 1\n";

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
  fuzz::evaluate(model.graph, model.start);
  return fuzz::isWrittenAsItIs(model);
}

}  // namespace

// NONCONVEX_FUZZ_CASES (20,000) and NONCONVEX_FUZZ_SEED (1) say how many files and with which damage.
TEST(damagedFiles) {
  const auto given = [](const char* name, double otherwise) {
    const char* const value = std::getenv(name);
    return value == nullptr ? otherwise : std::atof(value);
  };
  const auto cases = static_cast<long>(given("NONCONVEX_FUZZ_CASES", check::longRun() ? 400000 : 20000));
  const auto seed = static_cast<std::uint64_t>(given("NONCONVEX_FUZZ_SEED", 1));
  std::vector<std::string> files = {small, sided, check::binaryNl(small), check::binaryNl(sided)};
  constexpr std::size_t longest = 30000;
  for (const auto& path : check::nlFiles()) {
    const std::string text = check::contentOf(path);
    if (text.size() > longest) continue;
    files.push_back(text);
    files.push_back(check::binaryNl(text));
  }
  Damage damage(seed);
  std::map<std::string, long> outcomes;
  CHECK(use(small) && use(sided));
  for (long k = 0; k < cases; ++k) {
    const std::string bytes = damage.of(files[damage.below(files.size())]);
    try {
      if (!use(bytes)) throw std::logic_error("what was written is another model");
      ++outcomes["read"];
    } catch (const nonconvex::Error& error) {
      ++outcomes[error.code().empty() ? error.what() : error.code()];
    } catch (const std::exception& error) {
      check::note(false, __FILE__, __LINE__, "case " + std::to_string(k) + ": " + error.what());
    }
  }
  for (const auto& [outcome, count] : outcomes) std::printf("%ld %s\n", count, outcome.c_str());
  // Each kind of outcome is met.
  for (const char* outcome : {"read", "INVALID_FILE", "UNSUPPORTED"}) CHECK(outcomes[outcome] > 0);
}

namespace {

/// A file of random segments b, r, x, d, k and S in a random order, and what it says.
struct RandomFile {
  explicit RandomFile(std::mt19937_64& random);

  static constexpr double none = HUGE_VAL;
  std::string header;
  std::vector<std::string> segments;
  std::vector<double> start, multipliers, lower, upper, constraintLower, constraintUpper, zL, zU;
  std::vector<int> places;

  std::string text() const {
    std::string all = header;
    for (const std::string& segment : segments) all += segment;
    return all;
  }

 private:
  std::string number(double& value) {
    std::uniform_real_distribution<double> uniform(-10, 10);
    value = std::round(uniform(random_) * 8) / 8;
    std::array<char, 32> digits;
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
  }
  int below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }
  std::string side(double& low, double& high);
  std::string sparse(const std::string& head, std::vector<double>& to, const std::string& tail = "");

  std::mt19937_64& random_;
};

/// A line of the r or b segment.
std::string RandomFile::side(double& low, double& high) {
  low = -none;
  high = none;
  switch (const int kind = below(5); kind) {
    case 0: {
      const std::string first = number(low), second = number(high);
      return "0 " + first + " " + second + "\n";
    }
    case 1:
      return "1 " + number(high) + "\n";
    case 2:
      return "2 " + number(low) + "\n";
    case 3:
      return "3\n";
    default: {
      const std::string both = number(low);
      high = low;
      return "4 " + both + "\n";
    }
  }
}

/// Some entries of a vector, in any order.
std::string RandomFile::sparse(const std::string& head, std::vector<double>& to, const std::string& tail) {
  std::string lines;
  int count = 0;
  for (std::size_t k = to.size(); k-- > 0;) {
    if (below(2) == 0) continue;
    lines += std::to_string(k) + " " + number(to[k]) + "\n";
    ++count;
  }
  return head + std::to_string(count) + tail + "\n" + lines;
}

RandomFile::RandomFile(std::mt19937_64& random) : random_(random) {
  const int n = 1 + below(5), m = 1 + below(4);
  const std::string N = std::to_string(n), M = std::to_string(m);
  header = "g3 1 1 0\n " + N + " " + M + " 1 0 0\n " + M +
           " 1\n 0 0\n 0 0 0\n 0 0 0 1\n 0 0 0 0 0\n 0 0\n 0 0\n 0 0 0 0 0\n";
  header += "O0 0\nn0\n";
  for (int i = 0; i < m; ++i) header += "C" + std::to_string(i) + "\nv0\n";
  std::vector<double> x(static_cast<std::size_t>(n)), d(static_cast<std::size_t>(m)), low = x, high = x;
  std::string bounds = "b\n", sides = "r\n", counts = "k" + std::to_string(n - 1) + "\n";
  segments = {sparse("x", x), sparse("d", d)};
  zL = zU = std::vector<double>(static_cast<std::size_t>(n));
  segments.push_back(sparse("S4 ", zL, " ipopt_zL_in"));
  segments.push_back(sparse("S4 ", zU, " ipopt_zU_in"));
  std::vector<double> other(2);
  segments.push_back(sparse("S6 ", other, " other"));
  for (int i = 0; i + 1 < n; ++i) counts += "0\n";
  segments.push_back(counts);
  for (std::size_t j = 0; j < x.size(); ++j) bounds += side(low[j], high[j]);
  constraintLower = constraintUpper = d;
  for (std::size_t i = 0; i < d.size(); ++i) {
    sides += side(constraintLower[i], constraintUpper[i]);
    if (constraintLower[i] == constraintUpper[i]) constraintLower[i] = constraintUpper[i] = 0;
    multipliers.push_back(-d[i]);
  }
  segments.insert(segments.end(), {bounds, sides});
  std::shuffle(segments.begin(), segments.end(), random_);
  std::vector<double> givenL, givenU;
  for (std::size_t j = 0; j < x.size(); ++j) {
    places.push_back(low[j] == high[j] ? -1 : static_cast<int>(start.size()));
    if (low[j] == high[j]) continue;
    start.push_back(x[j]);
    lower.push_back(low[j]);
    upper.push_back(high[j]);
    givenL.push_back(std::max(0.0, zL[j]));
    givenU.push_back(std::max(0.0, -zU[j]));
  }
  zL = givenL;
  zU = givenU;
}

/// Returns true if a file without the line, or with it twice, may be right: a segment that has no entries may be
/// missing, and suffixes that are not known may come twice.
bool optionalLine(const std::string& line) {
  return line == "x0\n" || line == "d0\n" || line == "k0\n" || line.starts_with("S4 0") || line.starts_with("S6 0");
}

bool says(const nonconvex::NlModel& model, const RandomFile& file) {
  return model.start == file.start && model.multipliers == file.multipliers && model.modelVariable == file.places &&
         model.variableLower == file.lower && model.variableUpper == file.upper && model.lowerMultipliers == file.zL &&
         model.upperMultipliers == file.zU && model.constraintLower == file.constraintLower &&
         model.constraintUpper == file.constraintUpper;
}

}  // namespace

TEST(randomSegments) {
  for (int seed = 0; seed < check::repetitions(2000); ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const RandomFile file(random);
    const std::string text = file.text();
    check::note(says(nonconvex::parseNl(text, "random.nl"), file), "random segments", seed, text);
    check::note(says(nonconvex::parseNl(check::binaryNl(text), "random.nl"), file), "binary", seed, text);
    // Without one line, or with one twice, it is refused, or the line was the whole of an optional segment.
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line + "\n");
    const std::size_t at = 10 + random() % (lines.size() - 10);
    const bool twice = random() % 2 == 0;
    std::string changed;
    for (std::size_t k = 0; k < lines.size(); ++k) {
      const int times = k != at ? 1 : twice ? 2 : 0;
      for (int t = 0; t < times; ++t) changed += lines[k];
    }
    try {
      nonconvex::parseNl(changed, "random.nl");
      check::note(optionalLine(lines[at]), "random segments", seed,
                  lines[at] + " taken " + (twice ? "twice" : "away") + text);
    } catch (const nonconvex::Error& error) {
      check::note(check::contains(error.what(), "random.nl, line "), "random segments", seed, error.what());
    }
  }
}
