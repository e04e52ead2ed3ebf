// How a solver registers itself in the addon of CUDA. For g++: nvcc never sees napi.h.
#pragma once

#include "binding/register_solver.hpp"

namespace nonconvex {

/// Has to be called on a worker before its first call of CUDA: makes solves end before the driver does at exit().
void startDriver();

/// The solver of an entry on a device. `refuse` throws, before anything runs, for settings that a device has not.
template <class Entry, void (*refuse)(const typename Entry::Settings&),
          Solved<typename Entry::Solution> (*run)(const typename Entry::Problem&, const typename Entry::Settings&,
                                                  Monitor&)>
struct OnCuda {
  static constexpr std::string_view device = "cuda";

  static void check(const typename Entry::Settings& settings) { refuse(settings); }

  template <class>
  static Solved<typename Entry::Solution> solve(const typename Entry::Problem& problem,
                                                const typename Entry::Settings& settings, WorkerPool*, Monitor& monitor,
                                                std::shared_ptr<void>&) {
    startDriver();
    return run(problem, settings, monitor);
  }

  /// The answer of a solve that is aborted before its data are there. It needs no device.
  template <class Of>
  static Solved<typename Of::Solution> answerUnread(const typename Of::Problem& problem,
                                                    const typename Of::Settings& settings,
                                                    Monitor& monitor) requires AnswersUnread<OnCpu, Of> {
    return OnCpu::answerUnread<Of>(problem, settings, monitor);
  }
};

/// A device computes for one solve while another prepares or reads its answer; more would only share its memory.
constexpr int solvesAtOnce = 2;

}  // namespace nonconvex
