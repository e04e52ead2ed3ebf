#include "binding/nlp_functions.hpp"

#include "binding/model.hpp"
#include "binding/shared_handle.hpp"

namespace nonconvex {

std::shared_ptr<PreparedQuadratic> readPrepared(const Reader& in) {
  if (!in.has("prepared")) return nullptr;
  return SharedHandle<PreparedQuadratic>::of(in.object("prepared").asObject(), in.pathOf("prepared"),
                                             HandleTag::preparedQuadratic);
}

bool readFunctions(const Reader& in, NlpStart& problem) {
  constexpr double largeProgram = 1e7;  // bytes, of which most take milliseconds to compile
  if (in.has("unread")) {
    in.leaveUnread();
    return false;
  }
  problem.nlp = readNlp(in);
  problem.prepared = readPrepared(in);
  const bool large = bytesOfProgram(in) > largeProgram;
  if (in.has("start")) return large;
  problem.feasibleStart = readFeasibleStart(in);
  if (!problem.feasibleStart) in.vector("start");  // throws: it is missing
  return large;
}

}  // namespace nonconvex
