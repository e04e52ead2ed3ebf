#include "expressions/nl/header.hpp"

#include <algorithm>
#include <cmath>
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
  void readDiscreteVariables();
  void readNonzeros();
  void readDefinedCount();
  void checkArithmetic(int arithmetic) const;
  int count(const char* what);

  NlInput& in_;
  bool relaxIntegers_;
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
  in_.skipLine();  // nonlinear variables
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

/// Line 6: linear network variables, functions, arithmetic, flags. Returns the arithmetic of a binary file.
int HeaderReader::readFlags() {
  in_.integer();
  contents_.functions = in_.integer();
  const int arithmetic = in_.moreOnLine() ? in_.integer() : 0;
  in_.skipLine();
  return arithmetic;
}

/// Line 7: binary and integer variables.
void HeaderReader::readDiscreteVariables() {
  while (in_.moreOnLine()) contents_.integers += std::min(count("integer variables"), contents_.variables);
  if (contents_.integers > 0) {
    if (!relaxIntegers_) {
      in_.fail("integer variables are not supported, but as any numbers between their bounds (relaxIntegers)",
               "UNSUPPORTED");
    }
    const bool one = contents_.integers == 1;
    contents_.notes.push_back(one ? "1 integer variable is relaxed"
                                  : std::to_string(contents_.integers) + " integer variables are relaxed");
  }
  in_.skipLine();
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
