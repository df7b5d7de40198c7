#include <gtest/gtest.h>

#include <thread>

#include "engine/worker/mailbox.h"
#include "engine/worker/model_loader.h"
#include "engine/worker/speed_meter.h"
#include "engine/worker/work_in_progress.h"
#include "tests/engine/worker/worker_client.h"

namespace moe {
namespace {

using namespace std::chrono_literals;

TEST(MailboxTest, DeliversInOrderAndNothingWhenEmpty) {
    Mailbox<int> mailbox;
    EXPECT_FALSE(mailbox.take().has_value());
    mailbox.post(1);
    mailbox.post(2);
    EXPECT_EQ(mailbox.take(), 1);
    EXPECT_EQ(mailbox.wait({}), 2);
    EXPECT_FALSE(mailbox.take().has_value());
}

TEST(MailboxTest, PutsANewMessageInThePlaceOfAnOutdatedOne) {
    Mailbox<int> mailbox;
    for (const int message : {1, 20, 3}) mailbox.post(message);
    const auto is_large = [](int message) { return message >= 10; };
    EXPECT_TRUE(mailbox.holds(is_large));
    mailbox.post_or_replace(21, is_large);
    for (const int message : {1, 21, 3}) EXPECT_EQ(mailbox.take(), message);
    EXPECT_FALSE(mailbox.holds(is_large));
    mailbox.post_or_replace(22, is_large);
    EXPECT_EQ(mailbox.take(), 22);
}

TEST(MailboxTest, StopsWaitingAtTheDeadlineOrOnStop) {
    Mailbox<int> mailbox;
    EXPECT_FALSE(mailbox.wait_until({}, std::chrono::steady_clock::now()).has_value());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(mailbox.wait(stop.get_token()).has_value());
    EXPECT_FALSE(mailbox.wait_until(stop.get_token(), std::chrono::steady_clock::now() + 24h).has_value());
    std::jthread sender([&mailbox] { mailbox.post(5); });
    EXPECT_EQ(mailbox.wait_until({}, std::chrono::steady_clock::now() + 24h), 5);
}

TEST(SpeedMeterTest, MeasuresTheLastSecondOnly) {
    SpeedMeter meter;
    SpeedMeter::Time now{};
    EXPECT_EQ(meter.tokens_per_second(), 0);
    meter.count_token(now);
    EXPECT_EQ(meter.tokens_per_second(), 0);
    for (int token = 0; token < 10; ++token) meter.count_token(now += 500ms);
    EXPECT_DOUBLE_EQ(meter.tokens_per_second(), 2);
    for (int token = 0; token < 200; ++token) meter.count_token(now += 10ms);
    EXPECT_NEAR(meter.tokens_per_second(), 100, 1e-9);
    meter.count_token(now += 4s);
    EXPECT_DOUBLE_EQ(meter.tokens_per_second(), 0.25);
    meter.restart();
    EXPECT_EQ(meter.tokens_per_second(), 0);
}

TEST(WorkInProgressTest, ACommandEndsEarlierWorkOfTheKindsItSays) {
    EXPECT_TRUE(ends(Cancel{}, WorkKind::Load));
    EXPECT_TRUE(ends(LoadModel{}, WorkKind::Load));
    EXPECT_FALSE(ends(StartRun{}, WorkKind::Load));  // it waits for the model
    EXPECT_TRUE(ends(StartRun{}, WorkKind::Reading));
    EXPECT_FALSE(ends(Pause{}, WorkKind::Reading));
    EXPECT_FALSE(ends(LoadModel{}, WorkKind::Token));
    for (const CommandBody& command :
         {CommandBody(Pause{}), CommandBody(SelectRun{}), CommandBody(ContinueFrom{})}) {
        EXPECT_TRUE(ends(command, WorkKind::Run));
    }
    for (const CommandBody& command :
         {CommandBody(SetSampling{}), CommandBody(StartRecording{}), CommandBody(Step{})}) {
        EXPECT_FALSE(ends(command, WorkKind::Run));
    }
}

TEST(WorkInProgressTest, StopsWhatIsInWorkAndWhatStillWaitsButNothingLater) {
    WorkInProgress work;
    const std::stop_token present = work.begin(1, WorkKind::Reading);
    EXPECT_FALSE(present.stop_requested());
    work.note_posted(3, Cancel{});
    EXPECT_TRUE(present.stop_requested());
    EXPECT_TRUE(work.begin(2, WorkKind::Load).stop_requested());
    EXPECT_TRUE(work.is_called_off(2));
    EXPECT_FALSE(work.begin(4, WorkKind::Load).stop_requested());
    EXPECT_FALSE(work.is_called_off(4));
}

TEST(WorkInProgressTest, EndsEverythingWhenTheWorkerGoes) {
    WorkInProgress work;
    const std::stop_token present = work.begin(1, WorkKind::Token);
    work.stop_all();
    EXPECT_TRUE(present.stop_requested());
    EXPECT_TRUE(work.begin(9, WorkKind::Load).stop_requested());
    EXPECT_TRUE(work.is_ended(9, WorkKind::Run));
}

TEST(ModelLoaderTest, OpensAModelAndTellsItApart) {
    ModelLoader loader;
    const OpenModel model = loader.load(test::embedded_model(), {}).value();
    EXPECT_EQ(model.model->spec.architecture, "qwen3moe");
    EXPECT_EQ(model.file_bytes,
              static_cast<std::int64_t>(std::filesystem::file_size(test::embedded_model())));
    EXPECT_EQ(model.fingerprint.size(), 16u);
    EXPECT_EQ(open_model(test::embedded_model()).value().fingerprint, model.fingerprint);
}

TEST(ModelLoaderTest, GivesUpWhenAskedToAndCanLoadAgain) {
    ModelLoader loader;
    std::stop_source stop;
    stop.request_stop();
    const Result<OpenModel> cancelled = loader.load(test::embedded_model(), stop.get_token());
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().cancelled);
    EXPECT_TRUE(loader.load(test::embedded_model(), {}));
}

TEST(ModelLoaderTest, PassesOnWhatIsWrongWithAFile) {
    const Result<OpenModel> missing = ModelLoader().load("/nowhere/model.gguf", {});
    ASSERT_FALSE(missing);
    EXPECT_FALSE(missing.error().cancelled);
    EXPECT_NE(missing.error().message.find("/nowhere/model.gguf"), std::string::npos);
}

}  // namespace
}  // namespace moe
