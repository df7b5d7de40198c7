#pragma once

#include <optional>
#include <string>
#include <vector>

#include "render/frame_report.h"
#include "render/gpu/compute_pipeline.h"
#include "render/resolve/cpu_resolve.h"
#include "render/resolve/gpu_routing.h"

namespace moe::render {

/// What the panels that are resolved on the GPU share: the routing there and the shader that reads it.
struct GpuResolveContext {
    /// Fails with the reason where the device cannot do it.
    static Result<std::unique_ptr<GpuResolveContext>> create(Device& device,
                                                             const GpuRouting::Limits& limits);

    Device& device;
    GpuRouting routing;
    ComputePipeline pipeline;
};

/// Resolves in shaders/resolve.comp over the routing that lies in the GPU's memory. What does not fit there
/// is resolved on the processor instead, and `complaint` says why. A frame calls resolve(), then stage() of
/// the context's uploads, then record_dispatch().
class GpuResolve : public Resolver {
  public:
    static Result<std::unique_ptr<GpuResolve>> create(GpuResolveContext& context, const char* label);

    bool resolve(const TraceSnapshot& trace, const ResolveRequest& request, TokenPyramids& pyramids,
                 ReadBudget& budget, CodeImage& image) override;

    /// Runs the shader where the answer is another than before. After the uploads, outside a render pass.
    void record_dispatch(VkCommandBuffer commands);

    /// Where the codes lie once the commands ran. Lines are padded to whole words.
    struct Codes {
        VkBuffer buffer = VK_NULL_HANDLE;
        VkDeviceSize offset = 0;
        std::uint32_t line_bytes = 0;
        bool is_new = false;  ///< made by the last record_dispatch
    };
    const Codes& codes() const { return codes_; }
    CodeCounts counts() const;  ///< of the codes, once the commands ran

    /// Why the last request was not resolved on the GPU; empty where it was.
    const std::string& complaint() const { return complaint_; }

  private:
    explicit GpuResolve(GpuResolveContext& context) : context_(context) {}

    // What shaders/resolve.comp declares.
    struct Constants {
        std::uint32_t width, height, n_experts, n_columns, slots_of_layer, kind, shared_out, n_run_tokens;
        std::uint32_t columns, order, positions, run_sums, rows, parts;
    };
    /// What came of a request: parts of rows may be left for later frames.
    enum class Tables { Complete, Partial, NoRoom };
    Tables build_tables(TokenPyramid& pyramid, ReadBudget& budget);
    void add_order();
    bool add_run_sums(TokenPyramid& pyramid, ReadBudget& budget);
    Tables add_rows(TokenPyramid& pyramid, ReadBudget& budget, bool has_run_sums);
    GpuRouting::Outcome add_parts(TokenPyramid& pyramid, IndexRange tokens, ReadBudget& budget);
    bool is_answered(const TraceSnapshot& trace, const ResolveRequest& request) const;
    Result<void> prepare_buffers();

    GpuResolveContext& context_;
    CpuResolve cpu_;
    DescriptorSet buffers_;
    Buffer tables_;
    Buffer answer_;
    Buffer counts_;  // the answer's beginning, for the host
    Codes codes_;
    std::string complaint_;

    const TraceSnapshot* trace_ = nullptr;  // of the call at work
    const ResolveRequest* request_ = nullptr;
    Constants constants_{};
    std::vector<std::uint32_t> words_;       // of the tables
    std::vector<std::uint32_t> part_words_;  // the last table, while rows are added
    std::vector<SumPart> parts_;             // of the row at work
    ResolveRequest answered_;
    TraceSnapshot answered_trace_;
    bool is_dispatch_wanted_ = false;
};

}  // namespace moe::render
