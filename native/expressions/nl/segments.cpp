#include "expressions/nl/segments.hpp"

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"
#include "expressions/nl/expression_reader.hpp"
#include "expressions/nl/header.hpp"
#include "expressions/nl/input.hpp"

namespace nonconvex {

namespace {

class SegmentReader {
 public:
  SegmentReader(std::span<const char> bytes, const std::string& name)
      : in_(bytes, name), file_(readNlHeader(in_)), expressions_(in_, file_.graph, file_.defined) {}

  NlContents read() {
    while (!in_.atEnd()) readSegment();
    checkComplete();
    return std::move(file_);
  }

 private:
  void readSegment();
  void readConstraint();
  void readObjective();
  void readValues(std::vector<double>& to, const char* what);
  void readRightHandSides();
  void readBounds();
  void skipColumnCounts();
  void readLinearPart(std::vector<std::vector<NlLinearTerm>>& to, int end, const char* what, NlContents::Terms& terms);
  void skipSuffix();
  void once(bool& done, const char* what) {
    if (done) in_.fail(std::string("a second ") + what + " segment");
    done = true;
  }
  void checkComplete() const;

  NlInput in_;
  NlContents file_;
  NlExpressionReader expressions_;
};

void SegmentReader::readSegment() {
  const char key = in_.key();
  switch (key) {
    case 'C':
      return readConstraint();
    case 'O':
      return readObjective();
    case 'V':
      return expressions_.readDefinition();
    case 'x':
      once(file_.haveStart, "x");
      return readValues(file_.start, "variable");
    case 'd':
      once(file_.haveDuals, "d");
      return readValues(file_.duals, "constraint");
    case 'r':
      once(file_.haveRightHandSides, "r");
      return readRightHandSides();
    case 'b':
      once(file_.haveBounds, "b");
      return readBounds();
    case 'k':
    case 'K':
      return skipColumnCounts();
    case 'J':
      return readLinearPart(file_.rows, file_.constraints, "constraint", file_.jacobianTerms);
    case 'G':
      return readLinearPart(file_.objectiveRows, file_.objectives, "objective", file_.gradientTerms);
    case 'S':
      return skipSuffix();
    case 'F':
      in_.unsupported("imported functions are");
    case 'L':
      in_.unsupported("logical constraints are");
    default:
      in_.fail("unknown segment " + show(std::string_view(&key, 1)));
  }
}

void SegmentReader::readConstraint() {
  const int row = in_.index(file_.constraints, "constraint");
  in_.endLine();
  if (file_.bodies[at(row)] >= 0) in_.fail("a second body of constraint " + std::to_string(row));
  file_.bodies[at(row)] = expressions_.read();
}

void SegmentReader::readObjective() {
  const int k = in_.index(file_.objectives, "objective");
  const int sense = in_.integer();
  if (sense != 0 && sense != 1) in_.fail("sense " + std::to_string(sense) + " of an objective");
  in_.endLine();
  if (file_.objectiveNodes[at(k)] >= 0) in_.fail("a second objective " + std::to_string(k));
  file_.maximise[at(k)] = static_cast<char>(sense);
  file_.objectiveNodes[at(k)] = expressions_.read();
}

/// Numbers of nonzeros of the Jacobian's columns, which the J segments have as well.
void SegmentReader::skipColumnCounts() {
  const int count = in_.index(file_.variables + 1, "column count");
  in_.endLine();
  for (int k = 0; k < count; ++k) {
    in_.integer();
    in_.endLine();
  }
}

void SegmentReader::readValues(std::vector<double>& to, const char* what) {
  const int size = static_cast<int>(to.size());
  const int count = in_.integer();
  if (count < 0 || count > size) {
    in_.fail(std::to_string(count) + " values for each " + what + ", of which there are " + std::to_string(size));
  }
  in_.endLine();
  for (int k = 0; k < count; ++k) {
    const int index = in_.index(size, what);
    to[at(index)] = in_.real();
    in_.endLine();
  }
}

void SegmentReader::readRightHandSides() {
  in_.endLine();
  for (int i = 0; i < file_.constraints; ++i) {
    const char kind = in_.key();
    switch (kind) {
      case '0': {
        const double lower = in_.real();
        if (lower != in_.real()) in_.unsupported("range constraints are");
        file_.rightHandSides[at(i)] = lower;
        break;
      }
      case '1':
      case '2':
        in_.unsupported("inequality constraints (here row " + std::to_string(i) + ") are");
      case '3':
        in_.unsupported("rows without a right-hand side (here row " + std::to_string(i) + ") are");
      case '4':
        file_.rightHandSides[at(i)] = in_.real();
        break;
      case '5':
        in_.unsupported("complementarity conditions are");
      default:
        in_.fail("unknown kind " + show(std::string_view(&kind, 1)) + " of right-hand side");
    }
    in_.endLine();
  }
}

void SegmentReader::readBounds() {
  in_.endLine();
  for (int i = 0; i < file_.variables; ++i) {
    const char kind = in_.key();
    switch (kind) {
      case '0': {
        const double lower = in_.real();
        const double upper = in_.real();
        if (lower == upper) {
          file_.fixed[at(i)] = 1;
          file_.fixedValues[at(i)] = lower;
        } else if (!(std::isinf(lower) && std::isinf(upper))) {
          in_.unsupported("bounds (here of variable " + std::to_string(i) + ") are");
        }
        break;
      }
      case '1':
      case '2':
        if (!std::isinf(in_.real())) in_.unsupported("bounds (here of variable " + std::to_string(i) + ") are");
        break;
      case '3':
        break;
      case '4':
        file_.fixed[at(i)] = 1;
        file_.fixedValues[at(i)] = in_.real();
        break;
      default:
        in_.fail("unknown kind " + show(std::string_view(&kind, 1)) + " of bound");
    }
    in_.endLine();
  }
}

void SegmentReader::readLinearPart(std::vector<std::vector<NlLinearTerm>>& to, int end, const char* what,
                                   NlContents::Terms& terms) {
  const int row = in_.index(end, what);
  const int count = in_.count("linear terms", 4);
  in_.endLine();
  if (!to[at(row)].empty()) in_.fail(std::string("a second linear part of ") + what + " " + std::to_string(row));
  to[at(row)].reserve(at(count));
  terms.read += count;
  for (int k = 0; k < count; ++k) {
    const int variable = in_.index(file_.variables, "variable");
    const double coefficient = in_.real();
    in_.endLine();
    to[at(row)].push_back({variable, coefficient});
  }
}

void SegmentReader::skipSuffix() {
  const int kind = in_.integer();
  const int count = in_.count("suffix values", 4);
  if (in_.binary()) {
    const int length = in_.count("characters", 1);
    in_.skip(at(length));
  } else {
    in_.skipLine();
  }
  constexpr int isReal = 4;
  for (int k = 0; k < count; ++k) {
    in_.integer();
    if ((kind & isReal) != 0) {
      in_.real();
    } else {
      in_.integer();
    }
    in_.endLine();
  }
}

/// Refuses a file that ends before all that its header announces.
void SegmentReader::checkComplete() const {
  if (file_.variables > 0 && !file_.haveBounds) in_.fail("the file ends without its b segment");
  if (file_.constraints > 0 && !file_.haveRightHandSides) in_.fail("the file ends without its r segment");
  for (int i = 0; i < file_.constraints; ++i) {
    if (file_.bodies[at(i)] < 0) in_.fail("the file ends without the body of constraint " + std::to_string(i));
  }
  for (const auto& [terms, what] :
       {std::pair(file_.jacobianTerms, "constraints"), std::pair(file_.gradientTerms, "objectives")}) {
    if (terms.read >= terms.expected) continue;
    in_.fail("the file ends with " + std::to_string(terms.read) + " of " + std::to_string(terms.expected) +
             " linear terms of its " + what);
  }
  for (int k = 0; k < file_.objectives; ++k) {
    if (file_.objectiveNodes[at(k)] < 0) in_.fail("the file ends without objective " + std::to_string(k));
  }
}

}  // namespace

NlContents readNlContents(std::span<const char> bytes, const std::string& name) {
  return SegmentReader(bytes, name).read();
}

}  // namespace nonconvex
