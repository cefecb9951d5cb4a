import { Controller, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  addInteractions,
  type InputOf,
  recommend,
  recommendPopular,
  recommendSimilar,
  recommendTrending,
} from '#libs/protocol';
import { Cached, forEverybody } from '../../platform/http/cached.js';
import { type Caller, MaybeCaller, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { DISCOVERY, DiscoveryService, TRENDING } from '../application/discovery.service.js';
import { InteractionService } from '../application/interaction.service.js';
import { RecommendationService } from '../application/recommendation.service.js';
import { preferredLanguage } from '../domain/reasons.js';

@Controller()
export class RecommendationController {
  constructor(
    private readonly recommendations: RecommendationService,
    private readonly discovery: DiscoveryService,
    private readonly interactions: InteractionService,
  ) {}

  @Endpoint(recommend)
  recommend(
    @Input() { query }: InputOf<typeof recommend>,
    @MaybeCaller() caller: Caller | undefined,
    @Headers('accept-language') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const language = this.language(accepted, reply);
    return caller
      ? this.recommendations.forUser(caller, query, language)
      : this.discovery.popular(query, language);
  }

  @Endpoint(recommendPopular)
  @Cached(DISCOVERY)
  popular(
    @Input() { query }: InputOf<typeof recommendPopular>,
    @Headers('accept-language') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    forEverybody(reply);
    return this.discovery.popular(query, this.language(accepted, reply));
  }

  @Endpoint(recommendTrending)
  @Cached(TRENDING)
  trending(
    @Input() { query }: InputOf<typeof recommendTrending>,
    @Headers('accept-language') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    forEverybody(reply);
    return this.discovery.trending(query, this.language(accepted, reply));
  }

  @Endpoint(recommendSimilar)
  @Cached(DISCOVERY)
  async similar(
    @Input() { params, query }: InputOf<typeof recommendSimilar>,
    @MaybeCaller() caller: Caller | undefined,
    @Headers('accept-language') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const language = this.language(accepted, reply);
    const { answer, everybodys } = await this.discovery.similar(caller, params.id, query, language);
    if (everybodys) forEverybody(reply);
    return answer;
  }

  @Endpoint(addInteractions)
  add(@Input() { body }: InputOf<typeof addInteractions>, @SignedIn() caller: Caller) {
    return this.interactions.report(caller, body.events);
  }

  private language(accepted: string | undefined, reply: FastifyReply) {
    const language = preferredLanguage(accepted);
    reply.header('Content-Language', language);
    return language;
  }
}
