"""The providers with a tile of their own, and what LiteLLM's catalogue does not say about others."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """A model service. ``service`` is what a connection stores; ``family`` what people call its models.

    ``needs_url``: it has no address of its own. ``listing``: how its models are listed (``openai``,
    ``anthropic``, ``gemini`` or nothing). ``default_model`` is current, cheap and able to use tools.
    """

    service: str
    name: str
    family: str = ""
    maker: str = ""
    base_url: str = ""
    key_url: str = ""
    key_hint: str = ""
    default_model: str = ""
    listing: str = ""
    needs_key: bool = True
    needs_url: bool = False
    is_tile: bool = False

    @property
    def litellm_name(self):
        """What LiteLLM calls it: any server that speaks OpenAI's protocol is ``openai`` with an address."""
        return "openai" if self.service == CUSTOM else self.service


CUSTOM = "custom"

TILES = (
    Provider(
        "openai",
        "OpenAI",
        "GPT",
        "OpenAI",
        "https://api.openai.com/v1",
        "https://platform.openai.com/api-keys",
        "sk-…",
        "gpt-6-luna",
        "openai",
        is_tile=True,
    ),
    Provider(
        "anthropic",
        "Anthropic",
        "Claude",
        "Anthropic",
        "https://api.anthropic.com",
        "https://console.anthropic.com/settings/keys",
        "sk-ant-…",
        "claude-haiku-5-5",
        "anthropic",
        is_tile=True,
    ),
    Provider(
        "gemini",
        "Google Gemini",
        "Gemini",
        "Google",
        "https://generativelanguage.googleapis.com/v1beta",
        "https://aistudio.google.com/apikey",
        "AIza…",
        "gemini-3.5-flash-lite",
        "gemini",
        is_tile=True,
    ),
    Provider(
        "deepseek",
        "DeepSeek",
        "DeepSeek",
        "DeepSeek",
        "https://api.deepseek.com/v1",
        "https://platform.deepseek.com/api_keys",
        "sk-…",
        "deepseek-v4-flash",
        "openai",
        is_tile=True,
    ),
    Provider(
        "moonshot",
        "Moonshot AI",
        "Kimi",
        "Moonshot AI",
        "https://api.moonshot.ai/v1",
        "https://platform.moonshot.ai/console/api-keys",
        "sk-…",
        "kimi-k2.6",
        "openai",
        is_tile=True,
    ),
    Provider(
        "zai",
        "Z.ai",
        "GLM",
        "Z.ai",
        "https://api.z.ai/api/paas/v4",
        "https://z.ai/manage-apikey/apikey-list",
        "",
        "glm-5.3-flash",
        "openai",
        is_tile=True,
    ),
    Provider(
        "dashscope",
        "Alibaba Cloud",
        "Qwen",
        "Alibaba",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        "https://modelstudio.console.alibabacloud.com/?tab=playground#/api-key",
        "sk-…",
        "qwen3.8-flash",
        "openai",
        is_tile=True,
    ),
    Provider(
        "minimax",
        "MiniMax",
        "MiniMax",
        "MiniMax",
        "https://api.minimax.io/v1",
        "https://platform.minimax.io/user-center/basic-information/interface-key",
        "",
        "MiniMax-M3",
        "openai",
        is_tile=True,
    ),
    Provider(
        "xiaomi_mimo",
        "Xiaomi MiMo",
        "MiMo",
        "Xiaomi",
        "https://api.xiaomimimo.com/v1",
        "https://platform.xiaomimimo.com",
        "sk-…",
        "mimo-v2.6-flash",
        "openai",
        is_tile=True,
    ),
)

OWN = Provider(
    CUSTOM,
    "Your own server",
    family="",
    listing="openai",
    needs_key=False,
    needs_url=True,
)
"""Any server that speaks OpenAI's protocol: vLLM, llama.cpp, Ollama, a company's own gateway."""

WITHOUT_CATALOGUE = (
    Provider("openrouter", "OpenRouter", base_url="https://openrouter.ai/api/v1", listing="openai"),
)
"""Providers that LiteLLM calls but whose models stand in no list of its: they are asked for it."""

OTHER_NAMES = {
    "ai21": "AI21",
    "cerebras": "Cerebras",
    "codestral": "Codestral",
    "deepinfra": "DeepInfra",
    "featherless_ai": "Featherless",
    "fireworks_ai": "Fireworks AI",
    "friendliai": "FriendliAI",
    "groq": "Groq",
    "hyperbolic": "Hyperbolic",
    "lambda_ai": "Lambda",
    "meta_llama": "Meta Llama API",
    "mistral": "Mistral",
    "nebius": "Nebius",
    "novita": "Novita AI",
    "nscale": "Nscale",
    "ovhcloud": "OVHcloud",
    "perplexity": "Perplexity",
    "publicai": "Public AI",
    "sambanova": "SambaNova",
    "scaleway": "Scaleway",
    "tencent": "Tencent",
    "together_ai": "Together AI",
    "v0": "v0",
    "vercel_ai_gateway": "Vercel AI Gateway",
    "volcengine": "Volcengine",
    "wandb": "Weights & Biases",
    "xai": "xAI",
}

WITH_URL = {"azure": "Azure OpenAI", "azure_ai": "Azure AI Foundry", "databricks": "Databricks"}
"""Providers that give every customer an address of their own, besides the key."""

BY_HTTP = {
    "anthropic",
    "azure_ai",
    "databricks",
    "deepseek",
    "fireworks_ai",
    "gemini",
    "groq",
    "heroku",
    "minimax",
    "mistral",
    "openrouter",
    "ovhcloud",
    "together_ai",
    "xai",
}
"""Providers that LiteLLM calls by its own HTTP client; all others it calls by OpenAI's. A test tries each."""

OUT_OF_REACH = {
    "amazon_nova",
    "cohere_chat",
    "coralbricks",
    "gradient_ai",
    "inferenceapis",
    "openinfer",
    "scaledown",
}
"""Left out: LiteLLM cannot call them as chat, or only by clients that would follow a redirect with the key."""

WITHOUT_KEY_LOGIN = {
    "bedrock",
    "bedrock_converse",
    "bedrock_mantle",
    "sagemaker",
    "vertex_ai",
    "watsonx",
    "oci",
    "snowflake",
    "github_copilot",
    "chatgpt",
    "microsoft_365_copilot",
    "gigachat",
    "cloudflare",
    "replicate",
    "nlp_cloud",
    "fal_ai",
    "ollama",
    "lemonade",
    "anyscale",
}
"""Left out: they sign in by more than a key (cloud accounts, device logins), or run at an address of one's own,
which ``custom`` is for, or no longer sell chat."""

EMBEDDERS_ONLY = {"cohere": "Cohere", "jina_ai": "Jina AI", "voyage": "Voyage AI"}
"""Providers of embeddings that answer no customer, by the name that people know."""

EMBEDDERS = {"fireworks_ai", "gemini", "mistral", "nebius", "openai", "together_ai", *EMBEDDERS_ONLY}
"""Providers that LiteLLM asks for embeddings through our own wire. A test tries each."""

EMBED_BY_HTTP = {"cohere", "jina_ai", "voyage"}
"""Those of them that LiteLLM asks by its own HTTP client; the others by OpenAI's."""

EMBED_AS_OPENAI = {"gemini": ("openai", "/openai")}
"""Asked in OpenAI's format, at this address below their own: LiteLLM asks in theirs by a client that is not ours."""

EMBEDDING_INPUTS = {
    "cohere": ("input_type", "search_query", "search_document"),
    "voyage": ("input_type", "query", "document"),
}
"""The setting by which a provider tells questions from passages, and its two values."""

EMBEDDING_PREFIXES = (
    (re.compile(r"(^|/)(multilingual-)?e5-(small|base|large)(?!.*instruct)", re.I), ("query: ", "passage: ")),
    (re.compile(r"nomic-embed-text", re.I), ("search_query: ", "search_document: ")),
)
"""Open models that were taught with such words in front of each text, as their cards say."""
