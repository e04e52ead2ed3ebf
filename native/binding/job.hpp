// A solve on a worker thread: from a promise made on the JavaScript thread to its settlement there.
//
//   Job          one solve; knows nothing of JavaScript but how to make its result
//   Mailbox      between the workers and one JavaScript environment (the main thread, a worker_thread)
//   Environment  an environment's promises; lives on its JavaScript thread
//   Runtime      the process: the pool of workers that all environments share
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "binding/js.hpp"
#include "binding/packed_result.hpp"
#include "core/monitor.hpp"
#include "core/threads.hpp"

namespace nonconvex {

class Mailbox;

class Job {
 public:
  virtual ~Job() = default;

  /// Computes, on a worker; what it throws rejects the promise.
  virtual void run(WorkerPool& pool, Monitor& monitor) = 0;
  /// Gives back, on that worker, the memory that the result does not need: of an aborted solve once it is known that it
  /// has ended, as that takes long where there is much.
  virtual void giveBack() {}
  /// Makes the result, on the JavaScript thread, once, after `run`.
  virtual Napi::Object result(Napi::Env env) = 0;
  /// Says that it is not to look at its data, which were not copied: it is aborted.
  void leaveUnread() { unread_ = true; }
  /// Whether it is a question rather than a solve, which does not wait for solves.
  virtual bool skipsQueue() const { return false; }

  void abort() noexcept { monitor_.abort(); }
  /// Whether it is over soon: a question, or a solve that was aborted before it began.
  bool isBrief() const { return skipsQueue() || monitor_.aborted(); }

 protected:
  bool unread() const { return unread_; }

  /// A copy of a report, of which the JavaScript thread makes an object.
  struct Report {
    virtual ~Report() = default;
    virtual Napi::Object toJs(Napi::Env env) const = 0;
  };
  /// Copies what `run` reports to its monitor; null: the job reports nothing.
  virtual std::unique_ptr<Report> keep(const Progress&) const { return nullptr; }

 private:
  friend class Mailbox;
  friend class Environment;

  // Only the newest report waits for JavaScript, so a listener that is slow sees fewer, and memory stays bounded.
  struct Update {
    std::unique_ptr<Report> progress;
    bool finished = false;
  };

  Monitor monitor_{std::numeric_limits<double>::infinity(), [this](const Progress& progress) { report(progress); }};
  void report(const Progress& progress);

  std::vector<Copy> copies_;  // of its arrays, given back by the worker: that takes long where they are large
  bool unread_ = false;
  Mailbox* listener_ = nullptr;  // the function that reports go to, if one was given
  std::exception_ptr error_;     // what `run` threw
  Update news_;                  // guarded by the mailbox
  bool posted_ = false;          // guarded by the mailbox: it is in `ready_`
  bool taken_ = false;           // guarded by the mailbox: a worker runs it, or has done so
  bool delivered_ = false;       // guarded by the mailbox: it was aborted, and its promise is settled
};

class Mailbox {
 public:
  /// `serve` does on the JavaScript thread what has been posted. Workers wake that thread; where there are no others,
  /// they call it.
  Mailbox(napi_threadsafe_function wake, std::function<void()> serve) : wake_(wake), serve_(std::move(serve)) {}

  /// Runs the job on the calling worker and posts that it has finished. Does nothing once closed, or where another
  /// worker has taken the job.
  void run(const std::shared_ptr<Job>& job, WorkerPool& pool);
  /// Whether the job waits for a worker.
  bool waits(const Job& job);
  /// Says that the promise of an aborted job is settled.
  void noteDelivery(Job& job);
  void report(Job& job, const Progress& progress);

  using Delivery = std::pair<std::shared_ptr<Job>, Job::Update>;
  /// The oldest of what has been posted and not been taken yet.
  std::optional<Delivery> take();
  bool hasDeliveries();

  /// A function call that a worker waits for.
  struct Call {
    const Job* job;
    std::size_t function;
    std::vector<double> arguments;
    double answer = 0;
    std::exception_ptr failure = nullptr;  // what stands in for an answer
    bool answered = false;                 // guarded by the mailbox, as the next
    bool promised = false;                 // it has given a promise, which may never be settled
  };
  /// Calls function number `function` of the job in JavaScript, for the worker that waits here. Throws Interrupted
  /// once closed, and where the job is to end before a promise is settled, and what the call failed with.
  double call(const Job* job, std::size_t function, std::initializer_list<double> arguments);
  /// Takes the calls that wait; the JavaScript thread answers each.
  std::vector<std::shared_ptr<Call>> takeCalls();
  void answer(Call& call, double value, std::exception_ptr failure = nullptr);
  /// Says that an answer comes later.
  void promise(Call& call);

  /// Aborts the running jobs, leaves their calls unanswered and waits for them. No job runs, and nothing wakes the
  /// environment, after this.
  void close();

 private:
  void post(const std::shared_ptr<Job>& job);  // needs mutex_
  void awaitDelivery(const Job& job);

  std::mutex mutex_;
  std::condition_variable idle_;
  std::condition_variable answered_;
  napi_threadsafe_function wake_;
  std::function<void()> serve_;
  bool closed_ = false;
  std::unordered_map<Job*, std::shared_ptr<Job>> running_;
  std::deque<std::shared_ptr<Job>> ready_;
  std::vector<std::shared_ptr<Call>> calls_;
};

/// The one mutable global. The pool begins with the first job and ends with the last environment: Node may unload an
/// addon that only worker_threads have loaded, and no thread of ours may outlive its code.
class Runtime {
 public:
  static Runtime& instance();
  /// Closes what is open at exit(), which runs no cleanup hook of an environment; the destructors of libraries (BLAS)
  /// come after this one.
  ~Runtime();

  /// Called before the first job; further environments say the same.
  void setWorkers(int workers);
  int workers();

  void enter(const std::shared_ptr<Mailbox>& mailbox);
  void leave(const std::shared_ptr<Mailbox>& mailbox);
  /// Makes the threads that jobs, or brief ones, are to run on. Throws SolverError OUT_OF_MEMORY where there is none.
  void prepare(bool brief);
  void submit(const std::shared_ptr<Mailbox>& mailbox, const std::shared_ptr<Job>& job);
  /// Aborts the job. Where it waits for its turn it has that at once, as it only says what it knows at its start.
  void abort(const std::shared_ptr<Mailbox>& mailbox, const std::shared_ptr<Job>& job);
  /// Ends all jobs and takes no more; at exit() for those that use what is shut down before this object is destroyed.
  void close();

 private:
  void enqueue(const std::shared_ptr<Mailbox>& mailbox, const std::shared_ptr<Job>& job, bool brief);
  WorkerPool& pool(bool brief);  // needs mutex_

  std::mutex mutex_;
  std::unordered_set<std::shared_ptr<Mailbox>> mailboxes_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<WorkerPool> briefPool_;
  int workers_ = 1;
  bool exiting_ = false;
};

class Environment {
 public:
  /// Called once when the addon is loaded into an environment.
  static void create(Napi::Env env);
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  explicit Environment(Napi::Env env);

  /// Queues a job and returns its promise. Copies of arrays are alive until it has run, functions and their vectors
  /// until the promise settles. A job with a number, which no other has, can be aborted by it.
  Napi::Promise start(std::shared_ptr<Job> job, Napi::Value onProgress, Inputs inputs, double number = 0);
  /// Queues a job without listener and inputs, and returns { promise }.
  Napi::Object start(std::shared_ptr<Job> job);
  /// Aborts the job of that number, unless it has ended.
  void abort(double number);

  /// Shapes of packed results, which JavaScript is told of once.
  PackedShapes& shapes() { return shapes_; }
  /// The copies that inputs of jobs share.
  SharedCopies& copies() { return copies_; }

 private:
  /// A vector that a function reads or writes, beyond the call that has brought it.
  struct SharedReference {
    std::string name;
    Napi::Reference<Napi::TypedArray> array;
    std::span<double> memory;

    explicit SharedReference(const SharedVector& vector)
        : name(vector.name), array(Napi::Reference<Napi::TypedArray>::New(vector.array, 1)), memory(vector.memory) {}
    SharedVector here() const { return {name, array.Value(), memory}; }
  };
  struct Function {
    Napi::FunctionReference function;
    std::vector<SharedReference> reads, writes;
  };
  struct Pending {
    std::shared_ptr<Job> job;
    double number;
    Napi::Promise::Deferred deferred;
    Napi::FunctionReference onProgress;
    std::vector<Copy> memories;
    std::vector<Function> functions;
  };

  template <void (Environment::*Act)()>
  napi_threadsafe_function wakes();
  void onWake();
  void serve();
  void deliverSome();
  bool deliverUpTo(int most);
  void deliver(const Mailbox::Delivery& delivery);
  void call(const std::shared_ptr<Mailbox::Call>& call);
  void answer(Mailbox::Call& call, Napi::Value value);
  void answerLater(const std::shared_ptr<Mailbox::Call>& call, Napi::Promise promise);
  void settle(Job& job, const Napi::Promise::Deferred& deferred);

  Napi::Env env_;
  napi_threadsafe_function wake_ = nullptr;
  napi_threadsafe_function turn_ = nullptr;  // called by onWake alone
  bool turnAsked_ = false;
  int delivered_ = 0;  // since deliverSome() began
  std::shared_ptr<Mailbox> mailbox_;
  SharedCopies copies_;
  PackedShapes shapes_;
  std::unordered_map<const Job*, Pending> pending_;
  std::unordered_map<double, Job*> numbered_;  // of those
};

}  // namespace nonconvex
