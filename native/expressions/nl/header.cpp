#include "expressions/nl/header.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {

namespace {

/// Takes the lines of "Writing .nl files" (Gay 2005), table 2.
class HeaderReader {
 public:
  HeaderReader(NlInput& in, bool relaxIntegers) : in_(in), relaxIntegers_(relaxIntegers) {}
  NlContents read();

 private:
  bool readFormat();
  void readProblemSize();
  void readNonlinearCounts();
  int readFlags();
  void readNonlinearVariables();
  void readDiscreteVariables();
  void markIntegers(int linear, std::span<const int> nonlinear);
  void readNonzeros();
  void readDefinedCount();
  void checkArithmetic(int arithmetic) const;
  int count(const char* what);

  NlInput& in_;
  bool relaxIntegers_;
  int inConstraints_ = 0, inObjectives_ = 0, inBoth_ = 0;  // counts of variables that are nonlinear there
  NlContents contents_;
};

int HeaderReader::count(const char* what) {
  const int k = in_.integer();
  if (k < 0 || static_cast<std::size_t>(k) > in_.size()) {
    in_.fail(std::to_string(k) + " " + what + " in a file of " + std::to_string(in_.size()) + " bytes");
  }
  return k;
}

NlContents HeaderReader::read() {
  const bool binary = readFormat();
  readProblemSize();
  readNonlinearCounts();
  in_.skipLine();  // network constraints
  readNonlinearVariables();
  const int arithmetic = readFlags();
  readDiscreteVariables();
  readNonzeros();
  in_.skipLine();  // lengths of names
  readDefinedCount();
  if (binary) {
    checkArithmetic(arithmetic);
    in_.setBinary();
  }
  return std::move(contents_);
}

/// Line 1: the letter of the format and options. Returns whether the rest is binary.
bool HeaderReader::readFormat() {
  const char form = in_.key();
  if (form != 'g' && form != 'b') in_.fail("not an AMPL .nl file: it begins with neither 'g' nor 'b'");
  constexpr int mostOptions = 9;
  const int options = in_.integer();
  if (options < 0 || options > mostOptions) in_.fail(std::to_string(options) + " options");
  for (int k = 0; k < options && in_.moreOnLine(); ++k) in_.integer();
  in_.skipLine();
  return form == 'b';
}

/// Line 2: variables, constraints, objectives, ranges, equations, logical constraints.
void HeaderReader::readProblemSize() {
  contents_.variables = count("variables");
  contents_.constraints = count("constraints");
  contents_.objectives = count("objectives");
  in_.integer();  // ranges
  in_.integer();  // equations
  if (in_.moreOnLine() && in_.integer() != 0) in_.unsupported("logical constraints are");
  in_.skipLine();
}

/// Line 3: nonlinear constraints and objectives, complementarity conditions.
void HeaderReader::readNonlinearCounts() {
  in_.integer();
  in_.integer();
  for (int k = 0; k < 2 && in_.moreOnLine(); ++k) {
    if (in_.integer() != 0) in_.unsupported("complementarity conditions are");
  }
  in_.skipLine();
}

/// Line 5: variables that are nonlinear in constraints, in objectives and in both.
void HeaderReader::readNonlinearVariables() {
  for (int* const to : {&inConstraints_, &inObjectives_, &inBoth_}) {
    if (in_.moreOnLine()) *to = std::clamp(in_.integer(), 0, contents_.variables);
  }
  in_.skipLine();
}

/// Line 6: linear network variables, functions, arithmetic, flags. Returns the arithmetic of a binary file.
int HeaderReader::readFlags() {
  in_.integer();
  contents_.functions = in_.integer();
  const int arithmetic = in_.moreOnLine() ? in_.integer() : 0;
  in_.skipLine();
  return arithmetic;
}

/// Line 7: binary and other integer variables that are linear; integer ones that are nonlinear in both constraints and
/// objectives, in constraints only, in objectives only.
void HeaderReader::readDiscreteVariables() {
  std::array<int, 5> counts{};
  for (int& number : counts) {
    if (in_.moreOnLine()) number = std::min(count("integer variables"), contents_.variables);
  }
  in_.skipLine();
  const int total = std::accumulate(counts.begin(), counts.end(), 0);
  contents_.integer.assign(at(contents_.variables), 0);
  if (!relaxIntegers_) return markIntegers(counts[0] + counts[1], std::span(counts).subspan(2));
  if (total == 0) return;
  contents_.notes.push_back(total == 1 ? "1 integer variable is relaxed"
                                       : std::to_string(total) + " integer variables are relaxed");
}

/// Marks the integer variables. In each class of variables they stand behind the others: D. M. Gay, "Hooking your
/// solver to AMPL", 1997, table 4.
void HeaderReader::markIntegers(int linear, std::span<const int> nonlinear) {
  int end = 0;
  const auto mark = [&](int endOfClass, int integers) {
    end = std::max(end, endOfClass);
    for (int k = std::max(0, end - integers); k < end; ++k) contents_.integer[at(k)] = 1;
  };
  mark(inBoth_, nonlinear[0]);
  mark(inConstraints_, nonlinear[1]);
  mark(inObjectives_, nonlinear[2]);
  mark(contents_.variables, linear);
}

/// Line 8: nonzeros of the Jacobian and the gradients.
void HeaderReader::readNonzeros() {
  contents_.jacobianTerms.expected = in_.integer();
  contents_.gradientTerms.expected = in_.integer();
  in_.skipLine();
}

/// Line 10: common subexpressions, by where they are used.
void HeaderReader::readDefinedCount() {
  std::size_t defined = 0;
  while (in_.moreOnLine()) defined += at(count("common subexpressions"));
  if (defined > in_.size()) in_.fail(std::to_string(defined) + " common subexpressions");
  in_.skipLine();
  contents_.defined = static_cast<int>(defined);
}

void HeaderReader::checkArithmetic(int arithmetic) const {
  constexpr int littleEndian = 1;
  if (arithmetic == 2) in_.unsupported("a binary file with its bytes swapped (big-endian) is");
  if (arithmetic == littleEndian || arithmetic == 0) return;
  in_.unsupported("a binary file of arithmetic " + std::to_string(arithmetic) + " is");
}

/// Makes room for what the header has counted.
void makeRoom(NlContents& contents) {
  const std::size_t n = at(contents.variables), m = at(contents.constraints), objectives = at(contents.objectives);
  contents.graph = Graph(contents.variables);
  contents.bodies.assign(m, -1);
  contents.objectiveNodes.assign(objectives, -1);
  contents.maximise.assign(objectives, 0);
  contents.rows.resize(m);
  contents.objectiveRows.resize(objectives);
  contents.sides.assign(m, {0, 0});
  contents.bounds.assign(n, {-HUGE_VAL, HUGE_VAL});
  contents.start.assign(n, 0);
  contents.duals.assign(m, 0);
}

}  // namespace

NlContents readNlHeader(NlInput& in, bool relaxIntegers) {
  NlContents contents = HeaderReader(in, relaxIntegers).read();
  makeRoom(contents);
  return contents;
}

}  // namespace nonconvex
