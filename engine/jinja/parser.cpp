#include "engine/jinja/parser.h"

#include <initializer_list>

#include "engine/jinja/expression_parser.h"

namespace moe::jinja {
namespace {

using Kind = Statement::Kind;

constexpr int kMaxDepth = 40;  // of blocks in blocks

class Parser {
  public:
    explicit Parser(std::span<const Token> tokens) : cursor_(tokens), expressions_(cursor_) {}

    Result<Body> run() {
        MOE_TRY(Body body, parse_body({}));
        if (!cursor_.is(Token::Kind::End)) return cursor_.unexpected("a block that has begun");
        return body;
    }

  private:
    using Names = std::initializer_list<std::string_view>;

    /// Statements up to a block with one of these names, whose name is then next.
    Result<Body> parse_body(Names ends) {
        Body body;
        while (!cursor_.is(Token::Kind::End)) {
            if (cursor_.is(Token::Kind::Plain)) {
                Statement text{.kind = Kind::Plain, .line = cursor_.line()};
                text.text = Text(cursor_.take().text, Origin::Template);
                body.push_back(std::move(text));
            } else if (cursor_.is(Token::Kind::OutputBegin)) {
                Statement output{.kind = Kind::Output, .line = cursor_.line()};
                cursor_.take();
                MOE_TRY(output.value, expressions_.parse_list());
                MOE_TRY(cursor_.expect(Token::Kind::OutputEnd, "'}}'"));
                body.push_back(std::move(output));
            } else {
                MOE_TRY(cursor_.expect(Token::Kind::BlockBegin, "a block"));
                for (const std::string_view end : ends) {
                    if (cursor_.is_name(end)) return body;
                }
                MOE_TRY(parse_block(body));
            }
        }
        if (ends.size() > 0) return cursor_.unexpected(*ends.begin());
        return body;
    }

    Result<Body> parse_inside(std::string_view end) {
        MOE_TRY(end_block());
        MOE_TRY(Body body, parse_body({end}));
        cursor_.take();
        MOE_TRY(end_block());
        return body;
    }

    Result<void> end_block() { return cursor_.expect(Token::Kind::BlockEnd, "'%}'"); }

    Result<void> parse_block(Body& body) {
        if (++depth_ > kMaxDepth) return make_error("line {}: blocks are nested too deeply", cursor_.line());
        Statement block{.line = cursor_.line()};
        MOE_TRY(const std::string name, cursor_.name());
        if (name == "generation") {
            // Marks the assistant's words for training.
            MOE_TRY(Body inside, parse_inside("endgeneration"));
            for (Statement& statement : inside) body.push_back(std::move(statement));
        } else {
            MOE_TRY(parse_block_of(name, block));
            body.push_back(std::move(block));
        }
        --depth_;
        return {};
    }

    Result<void> parse_block_of(std::string_view name, Statement& block) {
        if (name == "if") return parse_if(block);
        if (name == "for") return parse_for(block);
        if (name == "set") return parse_set(block);
        if (name == "macro") return parse_macro(block);
        if (name == "call") return parse_call(block);
        if (name == "filter") return parse_filter(block);
        if (name == "with") return parse_with(block);
        if (name == "break" || name == "continue") {
            block.kind = name == "break" ? Kind::Break : Kind::Continue;
            return end_block();
        }
        return make_error("line {}: the block '{}' is not there yet", block.line, name);
    }

    Result<void> parse_if(Statement& block) {
        block.kind = Kind::If;
        while (true) {
            Statement::Branch branch;
            MOE_TRY(branch.condition, expressions_.parse());
            MOE_TRY(end_block());
            MOE_TRY(branch.body, parse_body({"elif", "else", "endif"}));
            block.branches.push_back(std::move(branch));
            if (!cursor_.take_name("elif")) break;
        }
        if (cursor_.take_name("else")) {
            Statement::Branch branch;
            MOE_TRY(end_block());
            MOE_TRY(branch.body, parse_body({"endif"}));
            block.branches.push_back(std::move(branch));
        }
        cursor_.take();
        return end_block();
    }

    Result<void> parse_for(Statement& block) {
        block.kind = Kind::For;
        MOE_TRY(block.targets, parse_targets());
        if (!cursor_.take_name("in")) return cursor_.unexpected("'in'");
        MOE_TRY(block.value, expressions_.parse_list(ExpressionParser::Allows::NoConditional));
        if (cursor_.take_name("if")) {
            MOE_TRY(block.condition, expressions_.parse());
        }
        block.is_recursive = cursor_.take_name("recursive");
        MOE_TRY(end_block());
        MOE_TRY(block.body, parse_body({"else", "endfor"}));
        if (cursor_.take_name("else")) {
            MOE_TRY(end_block());
            MOE_TRY(block.otherwise, parse_body({"endfor"}));
        }
        cursor_.take();
        return end_block();
    }

    Result<std::vector<Target>> parse_targets() {
        std::vector<Target> targets;
        const bool has_brackets = cursor_.take_operator("(");
        do {
            Target target;
            MOE_TRY(target.name, cursor_.name());
            if (cursor_.take_operator(".")) {
                MOE_TRY(target.member, cursor_.name());
            }
            targets.push_back(std::move(target));
        } while (cursor_.take_operator(","));
        if (has_brackets) MOE_TRY(cursor_.expect_operator(")"));
        return targets;
    }

    Result<void> parse_set(Statement& block) {
        block.kind = Kind::Set;
        MOE_TRY(block.targets, parse_targets());
        if (cursor_.take_operator("=")) {
            MOE_TRY(block.value, expressions_.parse_list());
            return end_block();
        }
        block.captures = true;
        MOE_TRY(block.value, expressions_.parse_captured_filters());
        MOE_TRY(block.body, parse_inside("endset"));
        return {};
    }

    Result<std::vector<Macro::Parameter>> parse_parameters() {
        std::vector<Macro::Parameter> parameters;
        while (!cursor_.take_operator(")")) {
            if (!parameters.empty()) MOE_TRY(cursor_.expect_operator(","));
            Macro::Parameter parameter;
            MOE_TRY(parameter.name, cursor_.name());
            if (cursor_.take_operator("=")) {
                MOE_TRY(parameter.preset, expressions_.parse());
            }
            parameters.push_back(std::move(parameter));
        }
        return parameters;
    }

    Result<void> parse_macro(Statement& block) {
        block.kind = Kind::Definition;
        block.macro = std::make_unique<Macro>();
        MOE_TRY(block.macro->name, cursor_.name());
        MOE_TRY(cursor_.expect_operator("("));
        MOE_TRY(block.macro->parameters, parse_parameters());
        MOE_TRY(block.macro->body, parse_inside("endmacro"));
        return {};
    }

    Result<void> parse_call(Statement& block) {
        block.kind = Kind::CallBlock;
        block.macro = std::make_unique<Macro>();
        block.macro->name = "caller";
        if (cursor_.take_operator("(")) {
            MOE_TRY(block.macro->parameters, parse_parameters());
        }
        MOE_TRY(block.value, expressions_.parse());
        if (block.value->kind != Expression::Kind::Call) return cursor_.unexpected("a call");
        MOE_TRY(block.macro->body, parse_inside("endcall"));
        return {};
    }

    Result<void> parse_filter(Statement& block) {
        block.kind = Kind::FilterBlock;
        // The first filter has no bar in front of it.
        MOE_TRY(block.value, expressions_.parse_filter_block());
        MOE_TRY(block.body, parse_inside("endfilter"));
        return {};
    }

    Result<void> parse_with(Statement& block) {
        block.kind = Kind::With;
        while (!cursor_.is(Token::Kind::BlockEnd)) {
            if (!block.presets.empty()) MOE_TRY(cursor_.expect_operator(","));
            Argument preset;
            MOE_TRY(preset.name, cursor_.name());
            MOE_TRY(cursor_.expect_operator("="));
            MOE_TRY(preset.value, expressions_.parse());
            block.presets.push_back(std::move(preset));
        }
        MOE_TRY(block.body, parse_inside("endwith"));
        return {};
    }

    TokenCursor cursor_;
    ExpressionParser expressions_;
    int depth_ = 0;
};

}  // namespace

Result<Body> parse_template(std::string_view source) {
    MOE_TRY(const std::vector<Token> tokens, tokenize(source));
    return Parser(tokens).run();
}

}  // namespace moe::jinja
