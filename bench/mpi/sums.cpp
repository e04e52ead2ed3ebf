// One rank of bench/mpi/sums.bench.ts: what a sum of 8 bytes takes within a solve, beside one that MPI does by itself.
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "binding/mpi_ranks.hpp"

extern "C" const nonconvexMpi* nonconvexMpiTable(void);

using namespace nonconvex;

namespace {

constexpr int batches = 400, sums = 100;

struct Times {
  double least, median;
};

/// Microseconds of a sum, in batches of which a busy machine leaves some alone.
template <class F>
Times microseconds(F&& sum) {
  std::vector<double> all;
  for (int batch = 0; batch < batches; ++batch) {
    const auto begin = std::chrono::steady_clock::now();
    for (int k = 0; k < sums; ++k) sum();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    all.push_back(took.count() / sums);
  }
  std::sort(all.begin(), all.end());
  return {all.front(), all[batches / 2]};
}

}  // namespace

int main() {
  const nonconvexMpi& table = *nonconvexMpiTable();
  int rank = 0, size = 0;
  if (table.open(&rank, &size) != NONCONVEX_MPI_DONE) return 1;
  double value = 1;
  const auto blocking = [&] { MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD); };
  const auto begun = [&] {
    MPI_Request request;
    MPI_Iallreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  };
  microseconds(blocking);
  const Times own = microseconds(blocking), apart = microseconds(begun);
  const auto ranks = std::make_shared<Ranks>(std::make_unique<Mpi>(table, rank, size, 600.0));
  Times ours{};
  {
    Monitor wishes;
    JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
    ours = microseconds([&] { value = ranks->max(value); });
    joint.end({&value, 1});
  }
  if (rank == 0) {
    std::printf("{\"blocking\": [%g, %g], \"begun\": [%g, %g], \"ours\": [%g, %g]}\n", own.least, own.median,
                apart.least, apart.median, ours.least, ours.median);
  }
  ranks->leave();
  table.close();
}
