// Solves over ranks that are threads: how they agree on an end, and what all hear of one that fails.
#include "core/communicator.hpp"

#include <atomic>
#include <cmath>

#include "check.hpp"
#include "core/error.hpp"
#include "core/run.hpp"
#include "thread_ranks.hpp"

using namespace nonconvex;

namespace {

/// Minimises sum_r (x - r)^2 / 2 over the ranks r by steps of gradients, of which each rank knows a part.
struct Descent {
  std::shared_ptr<Ranks> ranks;
  const Monitor& monitor;
  int throwAt = -1;
  double x = 10, slope = NAN;
  int steps = 0;
  std::function<void(int)> onStep = {};

  double gradient() { return ranks->sum(x - ranks->rank()); }
  void start() { slope = gradient(); }
  std::optional<Status> step() {
    if (onStep) onStep(steps);
    if (steps == throwAt) throw Error(ErrorKind::range, "y[17] = NaN: expected a number");
    x -= 0.5 * slope / ranks->size();
    slope = gradient();
    ++steps;
    monitor.checkpoint();
    return std::nullopt;
  }
  Progress progress() {
    Progress now;
    now.objective = x;
    now.residual = std::abs(slope);
    return now;
  }
};

struct Settings : Limits {};

struct Answer {
  Status status = Status::numericalError;
  double x = NAN;
  std::string failure;
};

struct Plan {
  int size;
  double tolerance = 1e-9;
  std::function<void(Descent&, Monitor& wishes)> prepare = {};
  std::function<std::uint64_t(int rank)> fingerprint = [](int) { return std::uint64_t{1}; };
};

/// What each rank answers.
std::vector<Answer> solve(const Plan& plan) {
  std::vector<Answer> answers(static_cast<std::size_t>(plan.size));
  ThreadRanks(plan.size).run([&](const std::shared_ptr<Ranks>& ranks) {
    Answer& answer = answers[static_cast<std::size_t>(ranks->rank())];
    Monitor wishes;
    Settings settings;
    settings.tolerance = plan.tolerance;
    settings.maxIterations = 1 << 30;
    try {
      JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, plan.fingerprint(ranks->rank()));
      try {
        Descent solver{ranks, joint.monitor()};
        if (plan.prepare) plan.prepare(solver, wishes);
        const auto outcome = iterate(solver, settings, joint.monitor());
        answer.status = outcome.status;
        answer.x = solver.x;
      } catch (const Error& error) {
        joint.fail(error.what());
        throw;
      }
      joint.end({&answer.x, 1});
    } catch (const Error& error) {
      answer.failure = error.what();
    }
  });
  return answers;
}

TEST(ranksSolveTogether) {
  for (const int size : {1, 2, 3, 4, 7}) {
    const auto answers = solve({.size = size});
    for (const Answer& answer : answers) {
      CHECK(answer.failure.empty());
      CHECK(answer.status == Status::solved);
      CHECK(answer.x == answers[0].x);
      CHECK(std::abs(answer.x - 0.5 * (size - 1)) < 1e-9);
    }
  }
}

TEST(anAbortOfOneRankEndsAllAtTheSameStep) {
  std::atomic<int> told = 0;
  const auto answers = solve({.size = 3, .tolerance = -1, .prepare = [&](Descent& solver, Monitor& wishes) {
                                solver.onStep = [&](int step) {
                                  if (solver.ranks->rank() == 1 && step == 20) {
                                    wishes.abort();
                                    ++told;
                                  }
                                };
                              }});
  CHECK(told == 1);
  for (const Answer& answer : answers) {
    CHECK(answer.status == Status::aborted);
    CHECK(answer.x == answers[0].x);
  }
}

TEST(theClockOfOneRankEndsAll) {
  const auto answers = solve({.size = 3, .tolerance = -1, .prepare = [&](Descent& solver, Monitor& wishes) {
                                if (solver.ranks->rank() == 2) wishes.limitTime(0.02);
                              }});
  for (const Answer& answer : answers) {
    CHECK(answer.status == Status::timeLimit);
    CHECK(answer.x == answers[0].x);
  }
}

TEST(allHearWhyOneCannotGoOn) {
  const auto answers = solve({.size = 4, .tolerance = -1, .prepare = [&](Descent& solver, Monitor&) {
                                if (solver.ranks->rank() == 2) solver.throwAt = 5;
                              }});
  for (std::size_t r = 0; r < answers.size(); ++r) {
    const std::string own = "y[17] = NaN: expected a number";
    CHECK(answers[r].failure == (r == 2 ? own : "rank 2 of 4: " + own));
  }
}

TEST(ranksThatFailTogetherAllEnd) {
  const auto answers = solve({.size = 3, .tolerance = -1, .prepare = [&](Descent& solver, Monitor&) {
                                if (solver.ranks->rank() > 0) solver.throwAt = 5;
                              }});
  for (const Answer& answer : answers) CHECK(answer.failure.find("y[17] = NaN") != std::string::npos);
}

TEST(ranksWithOtherProblemsAreToldSo) {
  for (const Answer& answer : solve({.size = 3, .fingerprint = [](int rank) { return std::uint64_t(rank == 1); }})) {
    CHECK(answer.failure == "ranks have problems or settings that differ; expected the same on all");
  }
}

TEST(ranksThatSumOtherThingsAreToldSo) {
  const auto answers = solve({.size = 2, .tolerance = -1, .prepare = [&](Descent& solver, Monitor&) {
                                solver.onStep = [&](int step) {
                                  if (solver.ranks->rank() == 1 && step == 3) solver.ranks->max(1);
                                };
                              }});
  for (const Answer& answer : answers) CHECK(answer.failure.starts_with("ranks have gone different ways at message"));
}

TEST(pointsThatDifferByABitAreNone) {
  for (const bool apart : {false, true}) {
    const auto answers = solve({.size = 3, .prepare = [&](Descent& solver, Monitor&) {
                                  solver.onStep = [&, apart](int step) {
                                    if (apart && solver.ranks->rank() == 1 && step == 3) {
                                      solver.x = std::nextafter(solver.x, 100.0);
                                    }
                                    solver.ranks->expectSame(std::span<const double>(&solver.x, 1));
                                  };
                                }});
    for (const Answer& answer : answers) {
      CHECK(apart ? answer.failure == "ranks have points that differ, at message 6" : answer.failure.empty());
    }
  }
}

TEST(answersThatDifferAreNone) {
  const auto answers = solve({.size = 2, .prepare = [&](Descent& solver, Monitor&) {
                                solver.onStep = [&](int step) {
                                  if (solver.ranks->rank() == 1 && step == 3) solver.x += 1e-12;
                                };
                              }});
  for (const Answer& answer : answers) CHECK(answer.failure == "ranks have answers that differ");
}

TEST(ranksLeaveTogetherOrHearOfOneThatHasLeft) {
  for (const bool early : {false, true}) {
    std::vector<std::string> said(3);
    std::vector<char> together(3, 2);
    ThreadRanks(3).run([&](const std::shared_ptr<Ranks>& ranks) {
      const auto rank = static_cast<std::size_t>(ranks->rank());
      if (!early || rank != 1) {
        said[rank] = check::messageOf([&] {
          Monitor wishes;
          JointSolve joint(std::make_shared<Ranks::Turn>(ranks), wishes, 1);
          ranks->sum(1);
          joint.end({});
        });
        if (early) return;
      }
      CHECK(!ranks->busy());
      together[rank] = ranks->leave();
    });
    if (early) {
      CHECK(together[1] == 0 && said[0] == "rank 1 of 3 has ended" && said[2] == said[0]);
    } else {
      CHECK((together == std::vector<char>{1, 1, 1}));
      for (const std::string& each : said) CHECK(each.empty());
    }
  }
}

TEST(solvesTakeTurnsInTheOrderOfCalls) {
  constexpr int solves = 4;
  std::vector<std::vector<double>> found(2, std::vector<double>(solves, NAN));
  ThreadRanks(2).run([&](const std::shared_ptr<Ranks>& ranks) {
    std::vector<std::shared_ptr<Ranks::Turn>> turns;
    for (int k = 0; k <= solves; ++k) turns.push_back(std::make_shared<Ranks::Turn>(ranks));
    turns.erase(turns.begin() + 1);  // the turn of a call that was refused
    std::vector<std::thread> workers;
    for (int k = solves - 1; k >= 0; --k) {  // begun in the other order
      workers.emplace_back([&, k, turn = std::exchange(turns[static_cast<std::size_t>(k)], nullptr)] {
        Monitor wishes;
        JointSolve joint(turn, wishes, 1);
        found[static_cast<std::size_t>(ranks->rank())][static_cast<std::size_t>(k)] = ranks->sum(k + 1);
        joint.end({});
      });
    }
    for (std::thread& worker : workers) worker.join();
  });
  for (const auto& each : found) {
    for (int k = 0; k < solves; ++k) CHECK(each[static_cast<std::size_t>(k)] == 2 * (k + 1));
  }
}

TEST(noRankSumsOutsideOfASolve) {
  ThreadRanks(1).run([](const std::shared_ptr<Ranks>& ranks) {
    std::string said;
    try {
      ranks->sum(1);
    } catch (const Error& error) {
      said = error.what();
    }
    CHECK(said == "data that are spread over ranks are looked at by a solve of all of them alone");
  });
}

}  // namespace
