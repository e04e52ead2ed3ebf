// Sums over the ranks of an MPI job by a shim, native/binding/mpi_shim.c.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <span>
#include <string>
#include <thread>

#include "binding/mpi_table.hpp"
#include "core/communicator.hpp"
#include "core/error.hpp"

namespace nonconvex {

/// Sums by a shim. They do not block within MPI, whose waiting keeps a processor busy: who waits looks, and sleeps.
class Mpi final : public Communicator {
 public:
  Mpi(const nonconvexMpi& table, int rank, int size, double peerTimeout)
      : table_(table), rank_(rank), size_(size), peerTimeout_(peerTimeout) {}

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void reduce(Operation operation, std::span<double> values) override {
    constexpr std::size_t most = std::size_t{1} << 27;  // of what an int counts, and of memory that a library may copy
    for (std::size_t begin = 0; begin < values.size(); begin += most) {
      const auto part = values.subspan(begin, std::min(most, values.size() - begin));
      require(table_.reduce(static_cast<int>(operation), part.data(), static_cast<int>(part.size())));
      wait();
    }
  }

  void broadcast(int from, std::span<char> bytes) override {
    require(table_.broadcast(from, bytes.data(), static_cast<int>(bytes.size())));
    wait();
  }

  /// Leaves the job: with all ranks, once these have nothing more to solve, else by ending all of them.
  void leave(int code, Ranks& ranks) {
    if (code != 0) {
      say("rank " + show(rank_) + " of " + show(size_) + " ends with exit status " + show(code) +
          ", and all ranks with it");
      table_.abort(code);
    }
    if (ranks.leave()) return table_.close();
    say("rank " + show(rank_) + " of " + show(size_) + " has ended, others solve on: all ranks end");
    table_.abort(1);
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Says it where whoever started the job sees it; exceptions end nobody else.
  static void say(const std::string& sentence) { std::fprintf(stderr, "nonconvex: %s\n", sentence.c_str()); }

  void require(int status) const {
    if (status == NONCONVEX_MPI_FAILED) throw Error(ErrorKind::solver, "MPI failed", "PEER_FAILED");
  }

  void wait() {
    ++messages_;
    if (waited(peerTimeout_)) return;
    // Its memory belongs to a message that is open, so there is no way on.
    say("rank " + show(rank_) + " of " + show(size_) + " has waited " + show(peerTimeout_) +
        " s for the others, in message " + show(messages_) + ": all ranks end");
    table_.abort(1);
  }

  /// Whether it was done in time.
  bool waited(double seconds) {
    const Clock::time_point begin = Clock::now();
    // A look goes on by one of the steps that a sum has, where the others have taken theirs, and not by each in Open
    // MPI.
    constexpr int looks = 20;
    for (;;) {
      for (int look = 0; look < looks; ++look) {
        const int status = table_.test();
        if (status == NONCONVEX_MPI_DONE) return true;
        require(status);
      }
      const std::chrono::duration<double> since = Clock::now() - begin;
      if (since.count() > seconds) return false;
      constexpr double busy = 50e-6;  // seconds: what a message takes where all are there
      constexpr double longest = 1e-3;
      // Who has waited long sleeps longer: the others need the processors.
      if (since.count() > busy) {
        std::this_thread::sleep_for(std::chrono::duration<double>(std::clamp(0.02 * since.count(), busy, longest)));
      }
    }
  }

  const nonconvexMpi& table_;
  int rank_, size_;
  double peerTimeout_;
  long long messages_ = 0;
};

}  // namespace nonconvex
