#include "binding/solve_together.hpp"

#include <exception>
#include <string>
#include <utility>

#include "core/error.hpp"

namespace nonconvex {

void solveTogether(std::shared_ptr<Ranks::Turn> turn, Monitor& wishes, std::uint64_t fingerprint,
                   const std::function<std::vector<double>(Monitor&)>& solve) {
  JointSolve joint(std::move(turn), wishes, fingerprint);
  std::vector<double> answer;
  try {
    answer = solve(joint.monitor());
  } catch (const std::exception& error) {
    const auto* const ours = dynamic_cast<const Error*>(&error);
    joint.fail(ours != nullptr ? ours->what() : std::string("ran out of memory, or into ") + error.what());
    throw;
  }
  joint.end(answer);
}

}  // namespace nonconvex
