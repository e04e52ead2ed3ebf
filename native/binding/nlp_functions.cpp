#include "binding/nlp_functions.hpp"

#include "binding/model.hpp"

namespace nonconvex {

void readFunctions(const Reader& in, NlpProblem& problem) {
  constexpr double largeProgram = 1e7;  // bytes, of which most take milliseconds to compile
  if (in.has("unread")) return in.leaveUnread();
  problem.nlp = readNlp(in);
  problem.large = bytesOfProgram(in) > largeProgram;
  if (in.has("start")) return;
  problem.feasibleStart = readFeasibleStart(in);
  if (!problem.feasibleStart) in.vector("start");  // which is missing
}

}  // namespace nonconvex
