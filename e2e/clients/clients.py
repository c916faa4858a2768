"""The stock Python clients, unmodified, against the rockpool server whose URL is the first argument. Prints "N passed"; run by python.mjs."""

import asyncio
import base64
import json
import sys
import traceback
import urllib.request
from pathlib import Path

import cohere
import numpy as np
import openai
from langchain_openai import OpenAIEmbeddings
from openai import AsyncOpenAI, OpenAI

URL, KEY = sys.argv[1:3]
MODEL = "all-MiniLM-L6-v2"
ORACLE = Path(__file__).parent.parent / "oracle"
IDS = ["sentence", "chinese", "emoji-zwj", "package-01", "package-05"]
TEXTS = [json.loads((ORACLE / "texts.json").read_text())[id] for id in IDS]
PAIR = ("What is the capital of France?", ["The capital of Brazil is Brasilia.", "The capital of France is Paris."])

client = OpenAI(api_key=KEY, base_url=f"{URL}/v1", max_retries=0)
checks = []


def check(function):
    checks.append(function)
    return function


def expected():
    """The vectors of Sentence-Transformers."""
    cases = {case["id"]: case for case in json.loads((ORACLE / "fixtures/minilm-w8.json").read_text())["cases"]}
    return [np.frombuffer(base64.b64decode(cases[f"plain/{id}"]["embedding"]), "<f4") for id in IDS]


def near(vectors, least=0.99999):
    for vector, wanted in zip(vectors, expected(), strict=True):
        vector = np.asarray(vector, np.float32)
        assert vector @ wanted / np.linalg.norm(vector) / np.linalg.norm(wanted) >= least


def refused(call, kind):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"It was answered, and should be {kind.__name__}.")


def post(path, body):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    return urllib.request.urlopen(urllib.request.Request(f"{URL}{path}", json.dumps(body).encode(), headers))


@check
def the_page_s_own_snippet():
    """pooling_models.md, "Basic Configuration", with the port of this server, and its key."""
    source = '''
from openai import OpenAI

client = OpenAI(
    api_key="your-api-key",
    base_url="http://localhost:31090/v1"
)

# This will automatically use chunked processing for very long text
# max_embed_len=3072000 allows inputs up to 3M+ tokens
response = client.embeddings.create(
    input="Very long text that exceeds the model's position embeddings..." * 5000,
    model="multilingual-e5-large"
)

print(f"Embedding dimension: {len(response.data[0].embedding)}")
'''
    printed = []
    scope = {"print": printed.append}
    exec(source.replace("http://localhost:31090", URL).replace("your-api-key", KEY), scope)
    assert printed == ["Embedding dimension: 384"], printed
    response = scope["response"]
    assert len(response.data) == 1 and response.usage.prompt_tokens > 50_000
    vector = np.asarray(response.data[0].embedding)
    assert abs(np.linalg.norm(vector) - 1) < 1e-5
    # Of a text that only repeats itself, the whole is what a part is.
    [part] = client.embeddings.create(input="Very long text that exceeds the model's position embeddings..." * 14, model=MODEL).data
    assert vector @ np.asarray(part.embedding) > 0.98


@check
def embeddings_by_default():
    response = client.embeddings.create(model=MODEL, input=TEXTS)
    near([item.embedding for item in response.data])
    assert [item.index for item in response.data] == list(range(len(TEXTS)))
    assert response.model == MODEL and response.usage.total_tokens == response.usage.prompt_tokens > 0


@check
def the_same_bits_in_every_encoding():
    by_default = np.array([item.embedding for item in client.embeddings.create(model=MODEL, input=TEXTS).data], np.float64)
    as_float = np.array([item.embedding for item in client.embeddings.create(model=MODEL, input=TEXTS, encoding_format="float").data])
    as_base64 = [item.embedding for item in client.embeddings.create(model=MODEL, input=TEXTS, encoding_format="base64").data]
    decoded = np.array([np.frombuffer(base64.b64decode(text), "<f4") for text in as_base64])
    with post("/v1/embeddings", {"model": MODEL, "input": TEXTS, "encoding_format": "bytes"}) as response:
        body, metadata = response.read(), json.loads(response.headers["metadata"])
    as_bytes = np.array([np.frombuffer(body[item["start"] : item["end"]], "<f4") for item in metadata["data"]])
    assert (by_default.astype(np.float32) == by_default).all() and (as_float.astype(np.float32) == as_float).all()
    wanted = as_bytes.tobytes()
    assert len(wanted) == len(TEXTS) * 384 * 4
    assert by_default.astype("<f4").tobytes() == as_float.astype("<f4").tobytes() == decoded.tobytes() == wanted


@check
def number_formats():
    def ask(**extra):
        [item] = client.embeddings.create(model=MODEL, input="hello", encoding_format="base64", extra_body=extra).data
        return base64.b64decode(item.embedding)

    whole = np.frombuffer(ask(), "<f4")
    assert (np.frombuffer(ask(endianness="big"), ">f4") == whole).all()
    assert (np.frombuffer(ask(embed_dtype="float16"), "<f2") == whole.astype(np.float16)).all()
    assert (np.frombuffer(ask(embed_dtype="float16", endianness="big"), ">f2") == whole.astype(np.float16)).all()
    assert len(ask(embed_dtype="fp8_e4m3")) == 384


@check
def token_ids():
    [of_text] = client.embeddings.create(model=MODEL, input="Hello, my name is").data
    response = client.embeddings.create(model=MODEL, input=[101, 7592, 1010, 2026, 2171, 2003, 102])
    assert response.usage.prompt_tokens == 7 and response.data[0].embedding == of_text.embedding


@check
def errors():
    error = refused(lambda: client.embeddings.create(model=MODEL, input="a", dimensions=32), openai.BadRequestError)
    words = f'Model "{MODEL}" does not support matryoshka representation, changing output dimensions will lead to poor results.'
    assert error.body["message"] == words and words in error.message
    assert (error.status_code, str(error.code), error.param, error.type) == (400, "400", None, "BadRequestError")
    error = refused(lambda: client.embeddings.create(model="gpt-9", input="a"), openai.NotFoundError)
    assert error.body["message"] == "The model `gpt-9` does not exist."
    stranger = OpenAI(api_key="wrong", base_url=f"{URL}/v1", max_retries=0)
    refused(lambda: stranger.embeddings.create(model=MODEL, input="a"), openai.AuthenticationError)
    impatient = client.with_options(timeout=0.05)
    refused(lambda: impatient.embeddings.create(model=MODEL, input=TEXTS * 40), openai.APITimeoutError)
    assert len(client.embeddings.create(model=MODEL, input="a").data) == 1


@check
def models_and_request_ids():
    assert MODEL in [model.id for model in client.models.list()]
    raw = client.embeddings.with_raw_response.create(model=MODEL, input="a", extra_headers={"X-Request-Id": "my-own"})
    assert raw.headers["x-request-id"] == "my-own" and raw.parse().data[0].index == 0


@check
def many_at_once():
    async def ask():
        async with AsyncOpenAI(api_key=KEY, base_url=f"{URL}/v1", max_retries=0) as together:
            texts = [f"text number {i} " * (1 + i % 9) for i in range(100)]
            return texts, await asyncio.gather(*[together.embeddings.create(model=MODEL, input=text) for text in texts])

    texts, responses = asyncio.run(ask())
    for text, response in zip(texts, responses, strict=True):
        [alone] = client.embeddings.create(model=MODEL, input=text).data
        assert np.abs(np.subtract(response.data[0].embedding, alone.embedding)).max() < 1e-5


@check
def cohere_embeds():
    with cohere.ClientV2(api_key=KEY, base_url=URL) as co:
        kinds = ["float", "binary", "ubinary", "base64"]
        response = co.embed(model=MODEL, texts=TEXTS, input_type="search_document", embedding_types=kinds)
        values = np.array(response.embeddings.float_)
        near(values)
        assert (np.packbits(values >= 0, axis=1) == np.array(response.embeddings.ubinary)).all()
        assert (np.packbits(values >= 0, axis=1).astype(int) - 128 == np.array(response.embeddings.binary)).all()
        decoded = [np.frombuffer(base64.b64decode(text), "<f4") for text in response.embeddings.base64]
        assert (np.array(decoded, np.float64) == values).all()
        query = co.embed(model=MODEL, texts=["a"], input_type="search_query", embedding_types=["float"])
        with_prompt = co.embed(model=MODEL, texts=["query: a"], input_type="search_document", embedding_types=["float"])
        assert query.embeddings.float_ == with_prompt.embeddings.float_
        refused(lambda: co.embed(model=MODEL, texts=["a"], input_type="clustering", embedding_types=["float"]), cohere.BadRequestError)


@check
def cohere_reranks():
    with cohere.ClientV2(api_key=KEY, base_url=URL) as co:
        query, documents = PAIR
        response = co.rerank(model="reranker", query=query, documents=documents, top_n=2)
        with post("/score", {"model": "reranker", "text_1": query, "text_2": documents}) as answer:
            scores = [item["score"] for item in json.load(answer)["data"]]
        assert [item.index for item in response.results] == sorted(range(len(scores)), key=lambda i: -scores[i])
        for item in response.results:
            assert abs(item.relevance_score - scores[item.index]) < 1e-5
        refused(lambda: co.rerank(model="rerank-v9", query=query, documents=documents), cohere.NotFoundError)


@check
def langchain():
    # Else it sends the token ids of OpenAI's own models.
    embeddings = OpenAIEmbeddings(model=MODEL, base_url=f"{URL}/v1", api_key=KEY, check_embedding_ctx_length=False)
    documents = embeddings.embed_documents(TEXTS)
    near(documents)
    query = embeddings.embed_query(TEXTS[0])
    near([query, *documents[1:]])
    # What its own standard tests for embeddings ask for.
    assert all(isinstance(value, float) for value in query) and {len(vector) for vector in documents} == {len(query)}
    assert asyncio.run(embeddings.aembed_documents(TEXTS)) == documents
    cut = OpenAIEmbeddings(model="matryoshka", dimensions=64, base_url=f"{URL}/v1", api_key=KEY, check_embedding_ctx_length=False)
    assert len(cut.embed_query("a")) == 64


failed = 0
for function in checks:
    try:
        function()
        print(f"passed: {function.__name__.replace('_', ' ')}", flush=True)
    except Exception:
        failed += 1
        print(f"FAILED: {function.__name__.replace('_', ' ')}\n{traceback.format_exc()}", flush=True)
print(f"{len(checks) - failed} passed{f', {failed} failed' if failed else ''}")
sys.exit(1 if failed else 0)
