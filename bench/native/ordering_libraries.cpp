// Our orders of elimination, after a brief and a thorough search, beside those of AMD and METIS, on the KKT
// systems of models: entries of L and operations of a factorisation without delayed pivots and without zeros taken
// along, and processor seconds of the ordering.
//
//   bench_ordering_libraries MODEL.nl...
#include <amd.h>
#include <metis.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "bench.hpp"
#include "linalg/sparse/ordering.hpp"
#include "nlp_models.hpp"

using namespace nonconvex;
using namespace nonconvex::bench;

namespace {

/// The graph of [H J^T; J -E].
Adjacency kktGraph(const Nlp& nlp) {
  const int n = nlp.variables(), m = nlp.constraints();
  std::vector<std::vector<int>> neighbours(static_cast<std::size_t>(n + m));
  const auto add = [&](int i, int j) {
    if (i == j) return;
    neighbours[static_cast<std::size_t>(i)].push_back(j);
    neighbours[static_cast<std::size_t>(j)].push_back(i);
  };
  for (int j = 0; j < n; ++j) {
    for (const int i : nlp.hessianPattern().line(j)) add(i, j);
  }
  for (int i = 0; i < m; ++i) {
    for (const int j : nlp.jacobianPattern().line(i)) add(n + i, j);
  }
  Adjacency graph;
  graph.weights.assign(neighbours.size(), 1);
  for (const std::vector<int>& list : neighbours) {
    graph.neighbours.insert(graph.neighbours.end(), list.begin(), list.end());
    graph.offsets.push_back(static_cast<int>(graph.neighbours.size()));
  }
  return graph;
}

std::vector<int> amd(const Adjacency& graph) {
  std::vector<int> order(graph.weights.size());
  const int status =
      amd_order(graph.vertices(), graph.offsets.data(), graph.neighbours.data(), order.data(), nullptr, nullptr);
  if (status != AMD_OK && status != AMD_OK_BUT_JUMBLED) throw std::runtime_error("AMD failed");
  return order;
}

std::vector<int> metis(const Adjacency& graph) {
  static_assert(sizeof(idx_t) == sizeof(int));
  std::vector<idx_t> offsets = graph.offsets, neighbours = graph.neighbours;
  std::vector<idx_t> order(graph.weights.size()), place(order.size());
  idx_t vertices = graph.vertices();
  idx_t options[METIS_NOPTIONS];
  METIS_SetDefaultOptions(options);
  if (METIS_NodeND(&vertices, offsets.data(), neighbours.data(), nullptr, options, order.data(), place.data()) !=
      METIS_OK) {
    throw std::runtime_error("METIS failed");
  }
  return order;
}

void compare(const std::string& path) {
  const BoundedModel model = readModel(path);
  const Adjacency graph = kktGraph(*model.nlp);
  if (graph.neighbours.empty()) return;  // AMD takes no diagonal matrices
  const auto line = [&](const char* by, auto&& orderOf) {
    const double begin = cpuSeconds();
    const std::vector<int> order = orderOf(graph);
    const double seconds = cpuSeconds() - begin;
    const Fill fill = fillOf(graph, order);
    JsonLine()
        .text("name", model.name)
        .text("by", by)
        .number("order", graph.vertices())
        .number("nonzeros", static_cast<double>(graph.neighbours.size()) / 2)
        .number("entries", fill.entries)
        .number("flops", fill.flops)
        .number("seconds", seconds)
        .print();
  };
  line("brief", [](const Adjacency& g) { return fillReducingOrder(g).order; });
  line("thorough", [](const Adjacency& g) { return fillReducingOrder(g, Cpu(), OrderSearch::thorough).order; });
  line("AMD", amd);
  line("METIS", metis);
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    try {
      compare(argv[i]);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s\n", argv[i], error.what());
    }
  }
  return 0;
}
