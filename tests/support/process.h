#pragma once

#include <string>
#include <vector>

namespace moe::test {

/// What a program did.
struct ProcessResult {
    int status = -1;  ///< exit status, or 128 + signal
    std::string output;
    std::string errors;
};

/// Runs a program to its end. Standard input is `input`, then closed.
ProcessResult run_process(const std::vector<std::string>& arguments, const std::string& input = {});

/// A program that runs until it ends or is killed; its standard output can be read meanwhile.
class ChildProcess {
  public:
    explicit ChildProcess(const std::vector<std::string>& arguments);
    ~ChildProcess();  ///< kills it
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    bool read_line(std::string& line);  ///< false at the end of its output
    void close_output();                ///< what it writes from now on meets a closed pipe
    void signal(int number);
    int wait();                         ///< exit status, or 128 + signal

  private:
    int process_ = -1;
    int output_ = -1;
    std::string buffer_;
};

}  // namespace moe::test
