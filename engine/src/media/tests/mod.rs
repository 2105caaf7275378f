mod continuity;
mod prompts;
mod relay;
mod scene;
mod speaker;
mod streams;
