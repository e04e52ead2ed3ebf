// Processes of one job, called ranks, that solve one problem together, each with rows of its own.
//
//   Communicator  sums over ranks, by whatever carries them
//   Ranks         a communicator that solves share, one after the other
//   JointSolve    one solve over the ranks: agrees on its end, and tells all of them of what happens to one
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>

#include "core/monitor.hpp"

namespace nonconvex {

class Communicator {
 public:
  enum class Operation { sum, max, min };

  virtual ~Communicator() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// values := those of all ranks, entry by entry together; the same bits on every rank.
  virtual void reduce(Operation operation, std::span<double> values) = 0;
  /// bytes := those of rank `from`
  virtual void broadcast(int from, std::span<char> bytes) = 0;
};

class JointSolve;

/// The ranks that data are spread over.
class Ranks {
 public:
  explicit Ranks(std::unique_ptr<Communicator> communicator) : communicator_(std::move(communicator)) {}

  int rank() const { return communicator_->rank(); }
  int size() const { return communicator_->size(); }
  Communicator& communicator() { return *communicator_; }

  /// values := their sums over the ranks, within a JointSolve. Throws Interrupted, on all ranks at the same sum, where
  /// that is to end, and Error PEER_FAILED where a rank cannot go on.
  void sum(std::span<double> values) { reduce(Communicator::Operation::sum, values); }
  void max(std::span<double> values) { reduce(Communicator::Operation::max, values); }
  double sum(double value) { return reduce(Communicator::Operation::sum, value); }
  double min(double value) { return reduce(Communicator::Operation::min, value); }
  double max(double value) { return reduce(Communicator::Operation::max, value); }

  /// Says what is to have the same bits on all ranks, such as the point of an evaluation: the next sum compares a hash.
  void expectSame(std::span<const double> values);
  void expectSame(std::span<const float> values);

  /// Bytes of this rank's messages so far.
  double bytes() const { return bytes_; }
  /// Returns true if a solve runs or waits for its turn.
  bool busy() const {
    const std::lock_guard lock(mutex_);
    return now_ != turns_;
  }

  /// Says that this rank solves no more, and waits for the others: false where one of them goes on, whose solve ends
  /// with PEER_FAILED. Not while this rank solves.
  bool leave();

  /// A place in the order of solves, which is to be the same on all ranks; a caller that does not solve gives it back.
  class Turn {
   public:
    explicit Turn(std::shared_ptr<Ranks> ranks);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();
    const std::shared_ptr<Ranks>& ranks() const { return ranks_; }

   private:
    friend class JointSolve;
    std::shared_ptr<Ranks> ranks_;
    std::uint64_t number_;
  };

 private:
  friend class JointSolve;
  void reduce(Communicator::Operation operation, std::span<double> values);
  double reduce(Communicator::Operation operation, double value) {
    reduce(operation, {&value, 1});
    return value;
  }

  std::unique_ptr<Communicator> communicator_;
  JointSolve* joint_ = nullptr;
  double bytes_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable turned_;
  std::uint64_t turns_ = 0;  // the number of turns that were given out
  std::uint64_t now_ = 0;    // the number of the turn that may solve
  std::set<std::uint64_t> left_;
};

/// A solve that all ranks run at the same time, from its construction to `end` or `fail`. Before each sum goes a head
/// of eight numbers: the wish to end, a failure, which sum it is, with a hash of what is to be the same on all ranks,
/// and whether a rank has left. So clocks and signals of ranks decide nothing by themselves, and ranks that have gone
/// different ways, or have points that differ by a bit, hear of it.
class JointSolve {
 public:
  /// Waits for its turn and for the other ranks. `wishes` is the caller's monitor; the ranks compare `fingerprint`,
  /// which must be the same on all of them. Throws Error PEER_FAILED.
  JointSolve(std::shared_ptr<Ranks::Turn> turn, Monitor& wishes, std::uint64_t fingerprint);
  JointSolve(const JointSolve&) = delete;
  JointSolve& operator=(const JointSolve&) = delete;
  ~JointSolve();

  /// The monitor of the solve, which ends when the ranks have agreed on that.
  Monitor& monitor() { return agreed_; }
  /// Ends it where all ranks have come to the same answer. Throws Error PEER_FAILED.
  void end(std::span<const double> answer);
  /// Says to the others that this rank cannot go on, and why.
  void fail(const std::string& why) noexcept;

 private:
  friend class Ranks;
  enum class Stage { begin, sum, end };
  void head(Stage stage, std::uint64_t detail, const std::string* failure = nullptr);
  [[noreturn]] void differ(Stage stage, bool samePlace, double detail);

  std::shared_ptr<Ranks::Turn> turn_;
  Ranks& ranks_;
  Monitor& wishes_;
  Monitor agreed_;
  double heads_ = 0;
  std::uint64_t expected_ = 0;  // a hash of what is to be the same on all ranks, since the head before
  bool over_ = false;
};

/// A number of some bytes that tells different ones apart; `before` chains them.
std::uint64_t fingerprint(std::span<const double> values, std::uint64_t before = 0xcbf29ce484222325);
std::uint64_t fingerprint(std::string_view text, std::uint64_t before = 0xcbf29ce484222325);

}  // namespace nonconvex
