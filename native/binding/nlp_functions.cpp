#include "binding/nlp_functions.hpp"

#include "binding/model.hpp"

namespace nonconvex {

bool readFunctions(const Reader& in, NlpStart& problem) {
  constexpr double largeProgram = 1e7;  // bytes, of which most take milliseconds to compile
  if (in.has("unread")) {
    in.leaveUnread();
    return false;
  }
  problem.nlp = readNlp(in);
  const bool large = bytesOfProgram(in) > largeProgram;
  if (in.has("start")) return large;
  problem.feasibleStart = readFeasibleStart(in);
  if (!problem.feasibleStart) in.vector("start");  // throws: it is missing
  return large;
}

}  // namespace nonconvex
