#include "solvers/relu/refinement/descents.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/index.hpp"
#include "solvers/relu/refinement/batch_descent.hpp"
#include "solvers/relu/refinement/program_neurons.hpp"

namespace nonconvex {
namespace {

/// Descends from a random network: where data is large on some of its rows, then on all. Returns the objective.
double descendFirst(const Cpu& la, const RefinementState& s, ReluNeurons& network) {
  if (s.effort.batch > 0) {
    beginAtMeans(s.data, network);
    descendByBatches(la, s.data, network,
                     {.rows = s.effort.batch,
                      .steps = s.wanted.program ? s.effort.batchesBeforeProgram : s.effort.batches,
                      .seed = s.settings.seed,
                      .seconds = s.clock.forBatches()});
    return 0;  // there is one start alone
  }
  if (s.effort.rowStep == 1) return descend(la, s.data, network, s.effort.firstIterations);
  descend(la, s.data.everyRow(s.effort.rowStep), network, s.effort.firstIterations);
  return descend(la, s.data, network, s.effort.laterIterations);
}

}  // namespace

ReluNeurons bestOfRandom(const RefinementState& s) {
  std::vector<ReluNeurons> networks(at(s.starts));
  std::vector<double> objectives(at(s.starts));
  const Monitor monitor = s.la.childMonitor(s.clock.forDescent());
  const Cpu watched = s.la.watchedBy(monitor);
  const Cpu own = s.starts > 1 ? watched.serial() : watched;
  s.la.tasks(s.starts, [&](int k) {
    const std::uint64_t seed = s.settings.seed + 1000003 * static_cast<std::uint64_t>(k);
    networks[at(k)] = randomNeurons(s.data, s.effort.neurons, seed);
    objectives[at(k)] = descendFirst(own, s, networks[at(k)]);
  });
  s.la.checkpoint();
  const auto best = std::min_element(objectives.begin(), objectives.end()) - objectives.begin();
  return pruned(networks[static_cast<std::size_t>(best)]);
}

ReluNeurons descended(const RefinementState& s, ReluNeurons network) {
  const Monitor monitor = s.la.childMonitor(s.clock.forDescent());
  descend(s.la.watchedBy(monitor), s.data, network, s.effort.iterations);
  s.la.checkpoint();
  return pruned(network);
}

}  // namespace nonconvex
